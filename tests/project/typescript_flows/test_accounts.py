"""Accounts and sessions: password, user name, anonymous."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

import pytest

from tests.project.typescript import Browser, Server

pytestmark = pytest.mark.e2e


def test_password(browser: Browser) -> None:
    browser.sign_up()
    user = browser.user()
    assert user and not user["emailVerified"]
    browser.get(browser.message(browser.email, "Verify"))
    user = browser.user()
    assert user and user["emailVerified"]
    browser.do("/sign-out")
    assert browser.user() is None

    wrong = {"email": browser.email, "password": "not the password"}
    assert browser.post("/sign-in/email", json=wrong).status_code == 401
    browser.do("/request-password-reset", email=browser.email)
    token = urlsplit(browser.message(browser.email, "password")).path.rsplit("/", 1)[1]
    old, browser.password = browser.password, secrets.token_urlsafe(12)
    browser.do("/reset-password", token=token, newPassword=browser.password)
    forgotten = {"email": browser.email, "password": old}
    assert browser.post("/sign-in/email", json=forgotten).status_code == 401
    browser.sign_in()
    assert browser.user()


def test_other_sessions_are_revoked(server: Server) -> None:
    here, elsewhere = server.browser(), server.browser()
    here.sign_up()
    body = {"email": here.email, "password": here.password}
    elsewhere.do("/sign-in/email", **body)
    assert len(here.ask("/list-sessions")) == 2
    here.do("/revoke-other-sessions")
    assert here.user()
    assert elsewhere.user() is None


def test_a_password_reset_ends_all_sessions(server: Server) -> None:
    """A user may reset a password because another person has signed in with it."""
    thief, ada = server.browser(), server.browser()
    thief.sign_up()
    ada.email = thief.email
    ada.do("/request-password-reset", email=ada.email)
    token = urlsplit(ada.message(ada.email, "password")).path.rsplit("/", 1)[1]
    ada.do("/reset-password", token=token, newPassword=ada.password)
    assert thief.user() is None
    ada.sign_in()
    assert ada.user()


def test_username(browser: Browser) -> None:
    name = f"Ada_{secrets.token_hex(4)}"
    browser.sign_up(username=name)
    browser.do("/sign-out")
    browser.do("/sign-in/username", username=name, password=browser.password)
    user = browser.user()
    assert user and (user["username"], user["displayUsername"]) == (name.lower(), name)


def test_anonymous(browser: Browser) -> None:
    browser.do("/sign-in/anonymous")
    user = browser.user()
    assert user and user["isAnonymous"]
    browser.sign_up()
    user = browser.user()
    assert user and user["email"] == browser.email and not user["isAnonymous"]


def test_multi_session(server: Server, browser: Browser) -> None:
    other = server.browser()
    other.sign_up()
    browser.sign_up()
    browser.do("/sign-in/email", email=other.email, password=other.password)
    sessions = browser.ask("/multi-session/list-device-sessions")
    assert {entry["user"]["email"] for entry in sessions} == {browser.email, other.email}
    user = browser.user()
    assert user and user["email"] == other.email
    mine = next(entry for entry in sessions if entry["user"]["email"] == browser.email)
    browser.do("/multi-session/set-active", sessionToken=mine["session"]["token"])
    user = browser.user()
    assert user and user["email"] == browser.email


def test_last_login_method(browser: Browser) -> None:
    browser.sign_up()
    browser.sign_in()
    user = browser.user()
    assert user and user["lastLoginMethod"] == "email"
