"""A user of the application meets better-auth through it."""

from __future__ import annotations

import secrets

from tests.sidecar.projects import Server


def test_a_user_signs_up_and_out(server: Server) -> None:
    with server.client() as browser:
        body = {
            "name": "Ada",
            "email": f"{secrets.token_hex(6)}@example.com",
            "password": "correct horse",
        }
        answer = browser.post("/api/auth/sign-up/email", json=body)
        assert answer.status_code == 200, answer.text + server.text()
        user = answer.json()["user"]["id"]
        assert browser.get("/api/auth/get-session").json()["user"]["id"] == user
        assert browser.get("/session").json()["session"]["user"]["id"] == user
        assert browser.get("/may").json() == {"success": False}
        assert browser.post("/api/auth/sign-out", json={}).status_code == 200
        assert browser.get("/session").json() == {"session": None, "cookies": []}
        print(browser.get("/configuration").json())
        print(browser.get("/ready").json())
        print(browser.get("/api/auth/probe/request").json())
