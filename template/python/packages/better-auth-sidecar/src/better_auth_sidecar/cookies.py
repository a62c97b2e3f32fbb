"""Reading, verifying and signing the session cookie, as better-auth does."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from urllib.parse import quote, unquote

#: The characters of a header that JavaScript's ``trim`` removes.
_WHITESPACE = " \t\n\v\f\r\xa0"


def cookie_header(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The ``Cookie`` header of an ASGI scope: several lines joined, ``""`` if there is none."""
    found = [value for name, value in headers if name == b"cookie"]
    return b"; ".join(found).decode("latin-1") if found else ""


def read_cookie(header: str, name: str) -> str | None:
    """The decoded value of the first cookie with this name, or None."""
    if name not in header:
        return None
    for pair in header.split(";"):
        found, equals, value = pair.partition("=")
        if equals and found.strip(_WHITESPACE) == name:
            value = value.strip(_WHITESPACE)
            return _decode(value[1:-1] if value.startswith('"') else value)
    return None


def sign(value: str, secret: str) -> str:
    """The signature that better-auth appends to a cookie's value: HMAC-SHA256 in base64."""
    return base64.b64encode(hmac.digest(secret.encode(), value.encode(), "sha256")).decode()


def signed_cookie(value: str, secret: str) -> str:
    """A cookie's value with its signature, encoded for a ``Cookie`` header."""
    return quote(f"{value}.{sign(value, secret)}", safe="")


def verified_value(cookie: str | None, secret: str) -> str | None:
    """The value of a signed cookie, or None if the signature is not the secret's.

    Args:
        cookie: the decoded cookie, as from `read_cookie`.
        secret: the signing secret: BETTER_AUTH_SECRET, or the first of ``secrets``.
    """
    if not cookie:
        return None
    value, _, signature = cookie.rpartition(".")
    # Surrogates cannot be encoded as UTF-8, so they were never signed.
    if not value or len(signature) != 44 or not cookie.isprintable():
        return None
    if hmac.compare_digest(signature.encode(), sign(value, secret).encode()):
        return value
    return None


def _decode(value: str) -> str:
    if "%" not in value:
        return value
    try:
        return unquote(value, errors="strict")
    except UnicodeDecodeError:
        return value
