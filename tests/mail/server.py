"""A real SMTP server that keeps mails, and refuses them on demand."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from hooks.servers import free_port
from tests.waiting import TIMEOUT, wait_for

USER, PASSWORD = "my app", "p@ss/word#1"
#: User and password, as in SMTP_URL.
CREDENTIALS = "my%20app:p%40ss%2Fword%231"


@dataclass
class MailServer:
    """A mail server on this machine."""

    port: int
    authority: trustme.CA
    #: A reply that refuses each recipient.
    refusals: dict[str, str] = field(default_factory=dict)
    #: Seconds of delay for each mail.
    delay: float = 0
    _taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refusal := self.refusals.get(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.delay)
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        with self._lock:
            self._taken += [(to, mail) for to in envelope.rcpt_tos]
        return "250 OK"

    def mails(self, to: str) -> list[EmailMessage]:
        """The mails to an address."""
        with self._lock:
            return [mail for recipient, mail in self._taken if recipient == to]

    def wait_for(self, to: str) -> EmailMessage:
        """Waits for a mail to an address; returns the latest one."""
        return wait_for(lambda: self.mails(to), f"no mail came for {to}")[-1]


def _sign_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> Any:
    assert isinstance(given, LoginPassword)
    is_known = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_known, handled=False)


@contextmanager
def mail_server(
    *, port: int | None = None, tls: str = "", wants_user: bool = False
) -> Iterator[MailServer]:
    """Runs a mail server.

    Args:
        port: a free one if None.
        tls: ``smtps`` for implicit TLS, ``starttls`` to require STARTTLS.
        wants_user: whether to require authentication as `USER`.
    """
    authority = trustme.CA()
    context = None
    if tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    found = MailServer(port or free_port(), authority)
    controller = Controller(
        found,
        hostname="127.0.0.1",
        port=found.port,
        ssl_context=context if tls == "smtps" else None,
        tls_context=context if tls == "starttls" else None,
        require_starttls=tls == "starttls",
        auth_required=wants_user,
        auth_require_tls=bool(tls == "starttls"),
        authenticator=_sign_in,
        ready_timeout=TIMEOUT,
    )
    controller.start()
    try:
        yield found
    finally:
        controller.stop()
