"""Ways to sign in, which tests of other projects with their plugins follow, too."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from tests.project.typescript import Browser
from tests.totp import totp


def password(browser: Browser) -> None:
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


def username(browser: Browser) -> None:
    name = f"Ada_{secrets.token_hex(4)}"
    browser.sign_up(username=name)
    browser.do("/sign-out")
    browser.do("/sign-in/username", username=name, password=browser.password)
    user = browser.user()
    assert user and (user["username"], user["displayUsername"]) == (name.lower(), name)


def anonymous(browser: Browser) -> None:
    browser.do("/sign-in/anonymous")
    user = browser.user()
    assert user and user["isAnonymous"]
    browser.sign_up()
    user = browser.user()
    assert user and user["email"] == browser.email and not user["isAnonymous"]


def magic_link(browser: Browser) -> None:
    browser.do("/sign-in/magic-link", email=browser.email)
    browser.get(browser.message(browser.email, "sign-in link"))
    user = browser.user()
    assert user and user["email"] == browser.email and user["emailVerified"]


def email_otp(browser: Browser) -> None:
    browser.do("/email-otp/send-verification-otp", email=browser.email, type="sign-in")
    code = browser.message(browser.email, "Your code")
    browser.do("/sign-in/email-otp", email=browser.email, otp=code)
    assert browser.user()


def two_factor(browser: Browser) -> None:
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
