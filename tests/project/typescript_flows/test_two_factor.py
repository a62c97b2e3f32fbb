"""Two-factor authentication: authenticator app, backup codes, codes by mail."""

from __future__ import annotations

import pytest

from tests.project.typescript import Browser
from tests.totp import totp

pytestmark = pytest.mark.e2e


def test_two_factor(browser: Browser) -> None:
    browser.sign_up()
    enabled = browser.do("/two-factor/enable", password=browser.password)
    browser.do("/two-factor/verify-totp", code=totp(enabled["totpURI"]))

    start_over(browser)
    backup = {"code": enabled["backupCodes"][0]}
    assert browser.post("/two-factor/verify-totp", json=backup).is_client_error
    browser.do("/two-factor/verify-totp", code=totp(enabled["totpURI"]))
    assert browser.user()

    start_over(browser)
    browser.do("/two-factor/verify-backup-code", **backup)
    assert browser.user()

    start_over(browser)
    assert browser.post("/two-factor/verify-backup-code", json=backup).is_client_error
    browser.do("/two-factor/send-otp")
    browser.do("/two-factor/verify-otp", code=browser.message(browser.email, "sign-in code"))
    assert browser.user()


def start_over(browser: Browser) -> None:
    """Signs out, and in again up to the second factor."""
    browser.do("/sign-out")
    assert browser.sign_in()["twoFactorRedirect"] is True
    assert browser.user() is None
