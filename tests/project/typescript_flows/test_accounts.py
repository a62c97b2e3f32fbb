"""Accounts and sessions: password, user name, anonymous."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.project.typescript import Browser, Server
from tests.project.typescript_flows import flows

pytestmark = pytest.mark.e2e


def test_password(browser: Browser) -> None:
    flows.password(browser)


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
    flows.username(browser)


def test_anonymous(browser: Browser) -> None:
    flows.anonymous(browser)


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
