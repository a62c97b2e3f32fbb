"""Cloudflare's captchas."""

from __future__ import annotations

import secrets

from tests.conformance.internet import Answer, Request

SECRET_KEY = "0x4AAAAAAAsecret-of-the-widget"


class Turnstile:
    """Issues tokens to browsers, and verifies each of them once for servers.

    See https://developers.cloudflare.com/turnstile/get-started/server-side-validation.
    """

    host = "challenges.cloudflare.com"

    def __init__(self) -> None:
        self._unused: set[str] = set()
        self._used: set[str] = set()

    def solve(self) -> str:
        """The token of a solved captcha."""
        token = f"0.{secrets.token_urlsafe(48)}"
        self._unused.add(token)
        return token

    def answer(self, request: Request) -> Answer:
        if (request.method, request.path) != ("POST", "/turnstile/v0/siteverify"):
            return Answer("Not found", 404, "text/plain")
        problem = self._problem(request)
        if problem:
            return Answer({"success": False, "error-codes": [problem], "messages": []})
        return Answer(
            {
                "success": True,
                "error-codes": [],
                "challenge_ts": "2026-01-01T00:00:00.000Z",
                "hostname": "app.example.com",
                "action": "",
                "cdata": "",
            }
        )

    def _problem(self, request: Request) -> str:
        members = request.members
        if members.get("secret") != SECRET_KEY:
            return "invalid-input-secret"
        token = members.get("response")
        if token in self._used:
            return "timeout-or-duplicate"
        if token not in self._unused:
            return "invalid-input-response"
        self._unused.remove(token)
        self._used.add(token)
        return ""
