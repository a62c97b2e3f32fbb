"""Passkeys, with a software authenticator."""

from __future__ import annotations

import pytest

from tests.project.typescript import Browser
from tests.project.typescript_flows.authenticator import Authenticator

pytestmark = pytest.mark.e2e


def registered(browser: Browser) -> Authenticator:
    """The passkey of a new user."""
    browser.sign_up()
    passkey = Authenticator(browser.origin)
    options = browser.ask("/passkey/generate-register-options")
    browser.do("/passkey/verify-registration", response=passkey.register(options), name="mine")
    return passkey


def test_a_passkey_signs_in(browser: Browser) -> None:
    passkey = registered(browser)
    assert [entry["name"] for entry in browser.ask("/passkey/list-user-passkeys")] == ["mine"]
    for _ in range(2):
        browser.do("/sign-out")
        assert browser.user() is None
        options = browser.ask("/passkey/generate-authenticate-options")
        browser.do("/passkey/verify-authentication", response=passkey.authenticate(options))
        user = browser.user()
        assert user and user["email"] == browser.email


def test_an_authentication_response_works_once(browser: Browser) -> None:
    passkey = registered(browser)
    browser.do("/sign-out")
    options = browser.ask("/passkey/generate-authenticate-options")
    answer = {"response": passkey.authenticate(options)}
    browser.do("/passkey/verify-authentication", **answer)
    browser.do("/sign-out")
    browser.ask("/passkey/generate-authenticate-options")
    assert browser.post("/passkey/verify-authentication", json=answer).is_client_error
    assert browser.user() is None


def test_a_signature_by_another_key_is_refused(browser: Browser) -> None:
    passkey = registered(browser)
    browser.do("/sign-out")
    passkey.key = Authenticator(browser.origin).key
    options = browser.ask("/passkey/generate-authenticate-options")
    body = {"response": passkey.authenticate(options)}
    assert browser.post("/passkey/verify-authentication", json=body).is_client_error
    assert browser.user() is None


def test_a_passkey_response_for_another_origin_is_refused(browser: Browser) -> None:
    passkey = registered(browser)
    browser.do("/sign-out")
    passkey.origin = "https://stranger.example.com"
    options = browser.ask("/passkey/generate-authenticate-options")
    body = {"response": passkey.authenticate(options)}
    assert browser.post("/passkey/verify-authentication", json=body).is_client_error
    assert browser.user() is None
