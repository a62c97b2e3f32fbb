"""Rotating the secret: sessions end, encrypted data stays readable."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from tests.project.typescript import serving
from tests.totp import totp

pytestmark = pytest.mark.e2e


def test_rotation(project: Path) -> None:
    """Sessions end; data encrypted with older secrets stays readable."""
    with serving(project) as server:
        browser = server.browser()
        browser.sign_up()
        enabled = browser.do("/two-factor/enable", password=browser.password)
        browser.do("/two-factor/verify-totp", code=totp(enabled["totpURI"]))
        keys = browser.ask("/jwks")["keys"]
    first, second = (f"{number}:{secrets.token_urlsafe(32)}" for number in (1, 2))
    for rotated in (first, f"{second},{first}"):
        with serving(project, BETTER_AUTH_SECRETS=rotated) as server:
            browser.base_url, browser.headers["Origin"] = (
                f"{server.address}/api/auth",
                server.address,
            )
            assert browser.user() is None
            assert browser.sign_in()["twoFactorRedirect"] is True
            browser.do("/two-factor/verify-totp", code=totp(enabled["totpURI"]))
            assert browser.user()
            assert browser.ask("/token")["token"]
            assert browser.ask("/jwks")["keys"] == keys
            assert len(browser.ask("/list-sessions")) > 1
