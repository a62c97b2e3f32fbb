"""better-auth through the application's proxy, and calls of its internal routes."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from better_auth_sidecar import AuthServerError
from better_auth_sidecar.node import check_node

from tests.sidecar.projects import Server
from tests.waiting import wait_for


def test_a_user_signs_up_and_out(server: Server) -> None:
    with server.client() as browser:
        email = f"{secrets.token_hex(6)}@example.com"
        body = {"name": "Ada", "email": email, "password": secrets.token_urlsafe(12)}
        answer = browser.post("/api/auth/sign-up/email", json=body)
        assert answer.status_code == 200, answer.text + server.text()
        user = answer.json()["user"]["id"]
        assert browser.get("/api/auth/get-session").json()["user"]["id"] == user
        asked = browser.get("/session").json()
        assert asked["session"]["user"]["id"] == user
        assert browser.get("/may").json() == {"success": False}
        assert browser.post("/api/auth/sign-out", json={}).status_code == 200
        assert browser.get("/session").json() == {"session": None, "cookies": []}


def test_the_application_reads_the_auth_configuration(server: Server) -> None:
    with server.client() as browser:
        # Prisma's first query may take longer than the route waits.
        wait_for(lambda: browser.get("/ready").json() == {"ready": True})
        configuration = browser.get("/configuration").json()
    assert configuration["cookie"]["name"] == "better-auth.session_token"
    assert configuration["cookie"]["dont_remember_name"] == "better-auth.dont_remember"
    assert configuration["session"]["expires_in"] == 7 * 24 * 3600
    assert configuration["session"]["stored_in_database"] is True
    assert {"admin", "bearer", "organization", "username"} <= set(configuration["plugins"])
    role = configuration["tables"]["user"]["fields"]["role"]
    assert role == {"column": "role", "type": "string", "required": False, "returned": True}


def test_an_old_node_is_refused_with_the_remedy(tmp_path: Path) -> None:
    node = tmp_path / "node"
    for version in ("v20.20.2", "v22.12.0"):
        node.write_text(f"#!/bin/sh\necho {version}\n")
        node.chmod(0o755)
        with pytest.raises(AuthServerError, match=r"^Install Node\.js 22\.18 or newer, or run: "):
            check_node(str(node))
    for version in ("v22.18.0", "v26.0.0"):
        node.write_text(f"#!/bin/sh\necho {version}\n")
        check_node(str(node))
