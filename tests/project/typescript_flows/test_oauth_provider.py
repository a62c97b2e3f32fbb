"""The application as an OAuth 2.1 provider."""

from __future__ import annotations

import base64
import hashlib
import secrets
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.project.typescript import Browser, Server

pytestmark = pytest.mark.e2e


def test_oauth_provider(server: Server, browser: Browser) -> None:
    browser.sign_up()
    callback = "https://client.example.com/callback"
    client = browser.do(
        "/oauth2/create-client",
        redirect_uris=[callback],
        scope="openid email",
        client_name="Client",
    )
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
    redirect = browser.get(
        "/oauth2/authorize",
        params={
            "client_id": client["client_id"],
            "redirect_uri": callback,
            "response_type": "code",
            "scope": "openid email",
            "state": "state",
            "code_challenge": challenge.decode().rstrip("="),
            "code_challenge_method": "S256",
        },
    )
    consent = urlsplit(redirect.headers["location"])
    assert consent.path == "/auth/consent"
    accepted = browser.do("/oauth2/consent", accept=True, oauth_query=consent.query)
    code = parse_qs(urlsplit(accepted.get("url") or accepted["redirect_uri"]).query)["code"][0]
    response = server.browser().post(
        "/oauth2/token",
        data={
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": callback,
            "code_verifier": verifier,
        },
        auth=(client["client_id"], client["client_secret"]),
    )
    assert response.is_success, response.text
    program = server.browser()
    program.headers["Authorization"] = f"Bearer {response.json()['access_token']}"
    assert program.ask("/oauth2/userinfo")["email"] == browser.email
