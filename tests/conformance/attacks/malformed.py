"""Malformed bodies, cookies and headers."""

from __future__ import annotations

import json
from itertools import cycle, islice
from typing import Any
from urllib.parse import quote

import pytest

from tests.conformance.world import World

#: Values sent in place of a string.
_NO_TEXTS: list[Any] = [None, 5, True, ["x"], {"a": 1}, "", "a\0b", "eve" * 7_000, "\ud800"]

#: Requests of signed-in users, and the members that are replaced one at a time.
_BODIES: dict[str, dict[str, Any]] = {
    "/sign-up/email": {"name": "Eve", "email": "eve@example.com", "password": "correct horse"},
    "/sign-in/email": {"email": "eve@example.com", "password": "wrong password"},
    "/sign-in/username": {"username": "eve", "password": "wrong password"},
    "/request-password-reset": {"email": "eve@example.com", "redirectTo": "/"},
    "/reset-password": {"token": "unknown", "newPassword": "correct horse"},
    "/change-email": {"newEmail": "other@example.com"},
    "/revoke-session": {"token": "unknown"},
    "/sign-in/magic-link": {"email": "eve@example.com"},
    "/email-otp/send-verification-otp": {"email": "eve@example.com", "type": "sign-in"},
    "/sign-in/email-otp": {"email": "eve@example.com", "otp": "000000"},
    "/phone-number/send-otp": {"phoneNumber": "+15550100"},
    "/two-factor/verify-totp": {"code": "000000"},
    "/organization/create": {"name": "Eve", "slug": "eve"},
    "/organization/set-active": {"organizationId": "unknown"},
    "/one-time-token/verify": {"token": "unknown"},
    "/device/token": {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": "unknown",
        "client_id": "unknown",
    },
}


def sends_other_types_instead_of_text(world: World) -> None:
    """Two of the wrong values to each member."""
    _sends_other_types(world, 2)


@pytest.mark.exhaustive
def sends_all_other_types_instead_of_text(world: World) -> None:
    _sends_other_types(world, len(_NO_TEXTS))


def _sends_other_types(world: World, values: int) -> None:
    eve, no_texts = world.signed_up("eve"), cycle(_NO_TEXTS)
    for path, body in _BODIES.items():
        for member in body:
            for value in islice(no_texts, values):
                sent = json.dumps({**body, member: value}).replace("eve", f"eve{world.tag}")
                eve.request(
                    "POST",
                    path,
                    name=f"POST {path} with {member}={value!r:.10}",
                    content=sent,
                    headers={"Content-Type": "application/json"},
                )


def sends_a_body_that_is_no_object(world: World) -> None:
    signed_out = world.browser()
    bodies = [
        b"",
        b"{",
        b"null",
        b"5",
        b"[]",
        b'"x"',
        b"NaN",
        b"{}}",
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
    ]
    bodies += [b"[" * 50_000, b'{"a":' * 50_000, b'{"email":"a","email":"b"}']
    bodies += ['{"email": "x"}'.encode(encoding) for encoding in ("utf-16", "utf-32")]
    bodies.append(b'{"email": "\xe9@example.com", "password": "x"}')
    bodies.append(b'{"email": "' + b"x" * 2_000_000 + b'"}')
    for number, body in enumerate(bodies):
        signed_out.request(
            "POST",
            "/sign-in/email",
            name=f"POST body {number}",
            content=body,
            headers={"Content-Type": "application/json"},
        )


def names_another_media_type(world: World) -> None:
    ada = world.signed_up()
    body = json.dumps({"email": ada.email, "password": ada.password})
    for media_type in [
        "text/plain",
        "text/plain;application/json",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/json-patch+json",
        "nonsense",
        "",
    ]:
        ada.request(
            "POST",
            "/sign-in/email",
            name=f"POST {media_type}",
            content=body,
            headers={"Content-Type": media_type},
        )


def breaks_cookies(world: World) -> None:
    ada = world.signed_up()
    cookie = ada.cookie()
    token, _, signature = cookie.partition(".")
    ada.forget()
    for value in [
        "",
        ".",
        token,
        f"{token}.",
        f".{signature}",
        f"{token}.{signature[:-8]}",
        f"{token}.{signature.swapcase()}",
        f"{token.swapcase()}.{signature}",
        f"{token}.{quote('ä' * 44)}",
        f"{token}.{'A' * 43}=",
        f"{token}.{'A' * 43}%3D",
        f"{token}.{signature}x",
        f"x{token}.{signature}",
        "a.b.c",
        "%",
        "%00",
        "x" * 6000,
        f"{token}%00.{signature}",
    ]:
        name = "GET /get-session with a broken cookie"
        sent = {"Cookie": f"better-auth.session_token={value}"}
        ada.request("GET", "/get-session", name=name, headers=sent)


def sends_odd_cookies_beside(world: World) -> None:
    ada = world.signed_up()
    cookie = f"better-auth.session_token={ada.cookie()}"
    ada.forget()
    for sent in [
        f'a={{"x":1}}; {cookie}',
        f"noequals; {cookie}",
        f"a@b=1; {cookie}",
        f"=; {cookie}",
        f";;; {cookie};;",
        f"{cookie}; better-auth.session_token=other",
        f"better-auth.session_token=other; {cookie}",
        f"__Secure-{cookie}",
        cookie.replace("better-auth", "BETTER-AUTH"),
        f'better-auth.session_token="{cookie.partition("=")[2]}"',
    ]:
        name = "GET /get-session beside others"
        ada.request("GET", "/get-session", name=name, headers={"Cookie": sent})


def breaks_bearers(world: World) -> None:
    ada = world.signed_up()
    token = ada.cookie().partition(".")[0]
    ada.forget()
    for value in [
        "Bearer",
        f"bearer {token}",
        f"Bearer {token}",
        f"Bearer {token}.",
        f"Bearer {token}.{'A' * 43}=",
        "Bearer " + "x" * 6000,
        "Basic dXNlcjpwYXNz",
        "Bearer a.b.c",
        "Bearer %E9",
        f"Token {token}",
    ]:
        name = "GET /get-session with a broken bearer"
        ada.request("GET", "/get-session", name=name, headers={"Authorization": value})


def asks_for_odd_paths(world: World) -> None:
    signed_out = world.browser()
    for path in [
        "/",
        "//",
        "/sign-in/email/",
        "/sign-in//email",
        "/SIGN-IN/EMAIL",
        "/../../me",
        "/%2e%2e/me",
        "/sign-in%2femail",
        "/get-session%00",
        "/reset-password/%00",
        "/reset-password/%ED%A0%80",
        "/callback/" + "x" * 4000,
        "/callback/..%2f..%2f",
        "/get-session?disableCookieCache=%00",
    ]:
        signed_out.request("GET", path, name=f"GET {path:.30}")
