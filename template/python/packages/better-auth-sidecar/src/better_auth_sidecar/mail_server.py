"""Parses SMTP_URL and MAIL_FROM."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.headerregistry import Address
from urllib.parse import unquote, urlsplit

_FORM = "smtps://user:password@smtp.example.com"
_BARE = r"""(?P<local>[^\s@<>(),;:"]+)@(?P<domain>[\w-]+(\.[\w-]+)*)"""
_ADDRESS, _NAMED = re.compile(_BARE, re.A), re.compile(rf"(?P<name>[^<>@]*?)\s*<{_BARE}>", re.A)
_LOOPBACK = re.compile(r"localhost|127(\.\d+){3}|::1")


@dataclass(frozen=True)
class SmtpUrl:
    """A mail server's address, credentials and TLS mode."""

    host: str
    port: int
    #: Whether the connection starts with TLS, rather than with STARTTLS.
    is_tls: bool
    user: str
    password: str = field(repr=False)

    @property
    def start_tls(self) -> bool | None:
        """Whether STARTTLS is required; None if it is opportunistic.

        It is required with a password, unless the server is on this machine.
        """
        if self.is_tls:
            return False
        return True if self.user and not _LOOPBACK.fullmatch(self.host) else None


def read_smtp_url(url: str) -> SmtpUrl:
    """Reads SMTP_URL.

    The port is 465 for ``smtps:`` and 587 for ``smtp:``, as in nodemailer.

    Raises:
        ValueError: the URL is invalid; the message quotes no part of it.
    """
    try:
        found = urlsplit(url)
        port = found.port
    except ValueError:
        found, port = urlsplit(""), None
    if found.scheme not in ("smtp", "smtps") or not found.hostname:
        raise ValueError(f"it is not of the form {_FORM} (or smtp://…, with a port at its end)")
    if found.path.strip("/") or found.query or found.fragment:
        raise ValueError(
            f"it must end with the port, such as {_FORM}:465. Percent-encode / ? # and @ in the "
            "password"
        )
    user, password = unquote(found.username or ""), unquote(found.password or "")
    if bool(user) != bool(password):
        raise ValueError("it must have a user and a password, or neither")
    is_tls = found.scheme == "smtps"
    return SmtpUrl(found.hostname, port or (465 if is_tls else 587), is_tls, user, password)


def read_mail_from(value: str) -> Address:
    """Reads MAIL_FROM, an address with or without a name before it.

    Raises:
        ValueError: the value is not an address; the message quotes it.
    """
    found = _ADDRESS.fullmatch(value.strip()) or _NAMED.fullmatch(value.strip())
    if not found:
        raise ValueError(f"{value!r} is not an address, such as My App <hello@example.com>")
    parts = found.groupdict()
    name = re.sub(r'"(.*)"', r"\1", parts.get("name") or "")
    return Address(name, parts["local"], parts["domain"])
