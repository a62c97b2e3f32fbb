"""Signing in with what came in a message."""

from __future__ import annotations

import secrets

import pytest

from tests.project.typescript import Browser

pytestmark = pytest.mark.e2e


def test_magic_link(browser: Browser) -> None:
    browser.do("/sign-in/magic-link", email=browser.email)
    browser.get(browser.message(browser.email))
    user = browser.user()
    assert user and user["email"] == browser.email and user["emailVerified"]


def test_email_otp(browser: Browser) -> None:
    browser.do("/email-otp/send-verification-otp", email=browser.email, type="sign-in")
    browser.do("/sign-in/email-otp", email=browser.email, otp=browser.message(browser.email))
    assert browser.user()


def test_phone_number(browser: Browser) -> None:
    number = f"+1555{secrets.randbelow(10**7):07}"
    browser.do("/phone-number/send-otp", phoneNumber=number)
    browser.do("/phone-number/verify", phoneNumber=number, code=browser.message(number))
    user = browser.user()
    assert user and user["phoneNumber"] == number
