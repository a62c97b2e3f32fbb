"""The SMTP transport, with aiosmtplib."""

from __future__ import annotations

import socket
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from better_auth_sidecar.mail_server import read_mail_from, read_smtp_url
from better_auth_sidecar.outbox.messages import Mail, RefusedError, UnreachableError

#: Timeout of each SMTP command, in seconds.
_TIMEOUT = 20


class SmtpTransport:
    """Sends mails by SMTP, each on a connection of its own.

    Args:
        url: the value of SMTP_URL.
        sender: the value of MAIL_FROM.
    """

    def __init__(self, url: str, sender: str) -> None:
        self._server = read_smtp_url(url)
        self._sender = read_mail_from(sender)

    async def __call__(self, to: str, mail: Mail) -> None:
        """Sends a mail.

        Raises:
            RefusedError: the server rejects this mail permanently (5xx).
            UnreachableError: the server cannot be reached, or rejects login or sender.
            aiosmtplib.SMTPException: the server rejects this mail temporarily (4xx).
        """
        import aiosmtplib

        message = self._message(to, mail)
        server = self._server
        host = socket.gethostname()
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=server.password or None,
            use_tls=server.is_tls,
            start_tls=server.start_tls,
            # aiosmtplib's default is getfqdn(), which may wait long for a name server.
            local_hostname=host if "." in host else "[127.0.0.1]",
            timeout=_TIMEOUT,
        )
        try:
            async with client:
                await client.send_message(message, sender=self._sender.addr_spec, recipients=[to])
        except aiosmtplib.SMTPRecipientsRefused as error:
            (refusal,) = error.recipients
            _refuse_for_good(refusal.code, refusal.message, error)
            raise
        except aiosmtplib.SMTPDataError as error:
            _refuse_for_good(error.code, error.message, error)
            raise
        except aiosmtplib.SMTPException as error:
            # A rejected login or sender concerns every mail.
            raise UnreachableError(f"{type(error).__name__}: {error.message}") from error
        except OSError as error:
            raise UnreachableError(str(error) or type(error).__name__) from error

    def _message(self, to: str, mail: Mail) -> EmailMessage:
        message = EmailMessage()
        try:
            message["From"] = self._sender
            message["To"] = Address(addr_spec=to)
            message["Subject"] = mail.subject
        except (ValueError, IndexError, MessageError) as error:
            raise RefusedError(f"It is not a mail address: {to!r}") from error
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=self._sender.domain)
        message["Auto-Submitted"] = "auto-generated"  # no automatic replies (RFC 3834)
        message.set_content(mail.text)
        if mail.html is not None:
            message.add_alternative(mail.html, subtype="html")
        return message


def _refuse_for_good(code: int, message: str, error: Exception) -> None:
    if code >= 500:
        raise RefusedError(f"{code} {message}") from error
