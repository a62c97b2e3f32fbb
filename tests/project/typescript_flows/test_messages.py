"""Sign-in with links and codes from messages."""

from __future__ import annotations

import secrets

import pytest

from tests.project.typescript import Browser, Server
from tests.project.typescript_flows import flows

pytestmark = pytest.mark.e2e


def phone_number() -> str:
    return f"+1555{secrets.randbelow(10**7):07}"


def test_magic_link(browser: Browser) -> None:
    flows.magic_link(browser)


def test_email_otp(browser: Browser) -> None:
    flows.email_otp(browser)


def test_phone_number(browser: Browser) -> None:
    number = phone_number()
    browser.do("/phone-number/send-otp", phoneNumber=number)
    code = browser.message(number, "Text message")
    browser.do("/phone-number/verify", phoneNumber=number, code=code)
    user = browser.user()
    assert user and user["phoneNumber"] == number


def test_nobody_else_can_reserve_a_phone_number(server: Server) -> None:
    ada, eve, number = server.browser(), server.browser(), phone_number()
    eve.email = f"{number}@phone.invalid"
    eve.sign_up()
    ada.do("/phone-number/send-otp", phoneNumber=number)
    code = ada.message(number, "Text message")
    ada.do("/phone-number/verify", phoneNumber=number, code=code)
    user = ada.user()
    assert user and user["phoneNumber"] == number


@pytest.mark.parametrize("number", ["5551234567", "+1 555 123 4567", "+0155", "+", "a@example.com"])
def test_phone_numbers_must_be_in_e164_format(browser: Browser, number: str) -> None:
    send = browser.post("/phone-number/send-otp", json={"phoneNumber": number})
    assert (send.status_code, send.json()["code"]) == (400, "INVALID_PHONE_NUMBER")
    verify = browser.post("/phone-number/verify", json={"phoneNumber": number, "code": "123456"})
    assert verify.status_code == 400


def test_a_code_from_a_mail_verifies_no_phone_number(browser: Browser) -> None:
    browser.do("/email-otp/send-verification-otp", email=browser.email, type="sign-in")
    code = browser.message(browser.email, "Your code")
    for name in (browser.email, f"sign-in-otp-{browser.email}"):
        body = {"phoneNumber": name, "code": code}
        assert browser.post("/phone-number/verify", json=body).status_code == 400
    assert browser.user() is None
