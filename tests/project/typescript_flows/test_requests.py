"""Rules for all routes: limits, refusals, the OpenAPI document."""

from __future__ import annotations

import pytest

from tests.project.typescript import Browser, Server

pytestmark = pytest.mark.e2e


def test_open_api(browser: Browser) -> None:
    assert "/sign-in/magic-link" in browser.ask("/open-api/generate-schema")["paths"]


def test_rate_limits_are_counted_in_the_database(server: Server) -> None:
    guesser, other = server.browser(), server.browser()
    body = {"email": "nobody@example.com", "password": "not the password"}
    statuses = [guesser.post("/sign-in/email", json=body).status_code for _ in range(5)]
    assert statuses == [401, 401, 401, 429, 429]
    assert other.post("/sign-in/email", json=body).status_code == 401


def test_malformed_requests_get_4xx(browser: Browser) -> None:
    json_type = {"Content-Type": "application/json"}
    assert browser.post("/sign-in/email", content=b"{", headers=json_type).status_code == 400
    assert browser.post("/sign-in/email", content=b"[]", headers=json_type).status_code == 400
    assert browser.post("/sign-in/email", content=b"a", headers=json_type).status_code == 400
    assert browser.get("/nowhere").status_code == 404
