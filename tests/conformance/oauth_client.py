"""An OAuth 2.1 client application."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.conformance.world import Browser, World

CALLBACK = "https://client.example.com/callback"


@dataclass
class Client:
    """A client that a user has registered."""

    user: Browser
    id: str
    secret: str
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def world(self) -> World:
        return self.user.world

    def asks(self, **more: str | None) -> str:
        """Sends an authorization request; returns the redirect's location."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        query: dict[str, str | None] = {
            "client_id": self.id,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid email profile offline_access",
            "state": "state-of-the-client",
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
            **more,
        }
        sent = {name: value for name, value in query.items() if value is not None}
        answer = self.user.get("/oauth2/authorize", **sent)
        return str(answer.headers.get("location", ""))

    def gets_consent(self, page: str, **more: Any) -> str:
        """Consents as the user; returns the authorization code."""
        query = urlsplit(page).query
        body = {"accept": True, "oauth_query": query, **more}
        accepted = self.user.post("/oauth2/consent", **body).json()
        url = accepted.get("url") or accepted.get("redirect_uri") or ""
        return code_of(url)

    def gets(self, **more: str | None) -> dict[str, Any]:
        """Sends a token request."""
        body = {"client_id": self.id, "client_secret": self.secret, **more}
        return self._posts("/oauth2/token", body)

    def redeems(self, code: str, **more: str | None) -> dict[str, Any]:
        return self._posts("/oauth2/token", {**self.request_for(code), **more})

    def request_for(self, code: str) -> dict[str, str | None]:
        """The token request for an authorization code."""
        return {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
            "client_id": self.id,
            "client_secret": self.secret,
        }

    def program(self) -> Browser:
        """The client's own HTTP client: no cookies, no origin."""
        program = self.world.browser("program")
        program.headers = {}
        return program

    def shows(self, path: str, token: str, **more: str | None) -> dict[str, Any]:
        body = {"client_id": self.id, "client_secret": self.secret, "token": token, **more}
        return self._posts(path, body)

    def _posts(self, path: str, body: dict[str, str | None]) -> dict[str, Any]:
        sent = {name: value for name, value in body.items() if value is not None}
        answer = self.program().request("POST", path, data=sent)
        try:
            answered: dict[str, Any] = answer.json() or {}
        except ValueError:
            return {}
        return answered


def code_of(url: str) -> str:
    return parse_qs(urlsplit(url).query).get("code", ["none"])[0]


def client_of(world: World, **more: Any) -> Client:
    ada = world.signed_up()
    body = {
        "redirect_uris": [CALLBACK],
        "scope": "openid email profile offline_access",
        "client_name": "Client",
        "token_endpoint_auth_method": "client_secret_post",
        **more,
    }
    made = ada.post("/oauth2/create-client", **body).json()
    return Client(ada, made["client_id"], made.get("client_secret"))


def asks_who(world: World, token: str) -> None:
    program = world.browser("program")
    program.request("GET", "/oauth2/userinfo", headers={"Authorization": f"Bearer {token}"})
