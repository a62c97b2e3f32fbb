"""Admins: the first one, and what they can do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project.typescript import Server, promote

pytestmark = pytest.mark.e2e


def test_admin(project: Path, server: Server) -> None:
    boss, guest = server.browser(), server.browser()
    boss.sign_up()
    guest_id = guest.sign_up()["id"]
    assert boss.get("/admin/list-users").status_code == 403
    promote(project, boss.email)
    assert boss.ask("/admin/list-users")["total"] >= 2
    boss.do("/admin/impersonate-user", userId=guest_id)
    impersonated = boss.user()
    assert impersonated and impersonated["email"] == guest.email
    boss.do("/admin/stop-impersonating")
    boss.do("/admin/ban-user", userId=guest_id)
    assert guest.user() is None
    body = {"email": guest.email, "password": guest.password}
    assert guest.post("/sign-in/email", json=body).status_code == 403


def test_an_admin_cannot_change_ids(project: Path, server: Server) -> None:
    boss, guest = server.browser(), server.browser()
    boss.sign_up()
    guest_id = guest.sign_up()["id"]
    promote(project, boss.email)
    change = {"userId": guest_id, "data": {"id": "another", "name": "Charles"}}
    assert boss.post("/admin/update-user", json=change).status_code == 400
    user = guest.user()
    assert user and (user["id"], user["name"]) == (guest_id, "Ada")
