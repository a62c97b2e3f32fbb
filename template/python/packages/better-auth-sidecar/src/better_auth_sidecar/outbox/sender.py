"""The background task that sends the messages of the outbox."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from better_auth_sidecar.database_url import PostgresqlUrl, read_database_url
from better_auth_sidecar.errors import refusal
from better_auth_sidecar.outbox.messages import (
    EXPIRED,
    Mail,
    MailText,
    MailTransport,
    RefusedError,
    Row,
    ShortText,
    ShortTransport,
    UnreachableError,
)
from better_auth_sidecar.outbox.page import render_page
from better_auth_sidecar.outbox.remote import RemoteStore
from better_auth_sidecar.outbox.smtp import SmtpTransport
from better_auth_sidecar.server import AuthServer
from better_auth_sidecar.settings import LOOPBACK, Settings

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

logger = logging.getLogger("uvicorn.error.outbox")

#: How long a message stays claimed by its sender, and the timeout of sending in seconds: shorter.
_LEASE, _SEND_TIMEOUT = timedelta(seconds=60), 45
#: Seconds between polls of the outbox: with PostgreSQL's NOTIFY, and without.
_POLL_WITH_NOTIFY, _POLL = 5.0, 0.5
#: Seconds before a retry (exponential backoff): the first, the longest while the transport is
#: unreachable, and the longest for a single message.
_SHORTEST, _LONGEST_UNREACHABLE, _LONGEST_RETRY = 1.0, 30.0, 600.0
_EXPIRY = 60.0


class Store(Protocol):
    """Access to the outbox; see `better_auth_sidecar.outbox.store.SqlStore`."""

    async def claim(self, lease: timedelta) -> Row | None: ...
    async def sent(self, row: Row, *, wipe: bool) -> None: ...
    async def postponed(self, row: Row, pause: timedelta, error: str) -> None: ...
    async def failed(self, row: Row, error: str) -> None: ...
    async def expire(self) -> list[Row]: ...
    async def recent(self, limit: int) -> list[Row]: ...


class Sender:
    """Sends the messages that ``auth.ts`` inserts into the outbox.

    Workers share the outbox: each message is sent by one of them, and by another one only if the
    first is killed while it sends. With MAIL=log, and in development without SMTP_URL, messages are
    logged instead of sent.

    Args:
        settings: the application's settings.
        outbox: the engine of the database, or the auth server if Python has no driver for it.
        mails: a function that renders the mail, for each kind of message.
        transport: sends a mail; default: SMTP.
        texts: a function that renders the text message, for each kind that is one.
        text_transport: sends a text message; required in production if there are ``texts``.

    Raises:
        SystemExit: production has no transport; the message has the missing setting.
    """

    def __init__(
        self,
        settings: Settings,
        outbox: AsyncEngine | AuthServer,
        mails: Mapping[str, MailText],
        *,
        transport: MailTransport | None = None,
        texts: Mapping[str, ShortText] | None = None,
        text_transport: ShortTransport | None = None,
    ) -> None:
        self._settings, self._mails, self._texts = settings, mails, texts or {}
        self._store: Store
        if isinstance(outbox, AuthServer):
            self._store, self._listens = RemoteStore(outbox), False
        else:
            from better_auth_sidecar.outbox.store import SqlStore

            self._store, self._listens = SqlStore(outbox), outbox.dialect.name == "postgresql"
        smtp_url = settings.smtp_url.get_secret_value()
        if transport is None and smtp_url:
            transport = SmtpTransport(smtp_url, settings.mail_from)
        if settings.mail == "log":
            transport = text_transport = None
        elif settings.is_production and transport is None:
            raise refusal("Set SMTP_URL and MAIL_FROM, or MAIL=log: production sends mails.")
        elif settings.is_production and self._texts and text_transport is None:
            raise refusal(
                "Set MAIL=log or write text_transport in mail.py: production sends text messages."
            )
        self._transport, self._text_transport = transport, text_transport
        self._wake = asyncio.Event()
        self._is_stopping = self._is_listening = False
        self._logged = ""

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Sends messages for the lifespan of the application."""
        self._wake = asyncio.Event()  # of the current event loop: tests have several
        self._is_stopping = self._is_listening = False
        listening = asyncio.create_task(self._listen()) if self._listens else None
        sending = asyncio.create_task(self._send_all())
        try:
            yield
        finally:
            self._is_stopping = True
            self._wake.set()
            # Wait for the message in progress: after a cancellation it would be sent again.
            await asyncio.wait([sending], timeout=10)
            for task in filter(None, (sending, listening)):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    async def page(self, request: Request) -> Response:
        """The route of the development page; in production, the response is 404."""
        # DNS rebinding: another site's host name could resolve to this server, to read the links.
        is_own = (
            LOOPBACK.fullmatch(request.url.hostname or "") is not None
            or f"{request.url.scheme}://{request.url.netloc}" in self._settings.origins
        )
        if self._settings.is_production or not is_own:
            return PlainTextResponse("Not Found", 404)
        try:
            rows = await self._store.recent(50)
        except Exception as error:  # of any driver
            return PlainTextResponse(f"The outbox cannot be read: {_first_line(error)}", 503)
        return render_page(rows, self._mail_of)

    def _mail_of(self, row: Row) -> Mail:
        values = row.values()
        if row.kind in self._texts:
            return Mail("Text message", self._texts[row.kind](values))
        if row.kind not in self._mails:
            raise LookupError(f"There is no text for {row.kind!r}")
        return self._mails[row.kind](values)

    async def _send_all(self) -> None:
        next_expiry, away = 0.0, 0
        clock = asyncio.get_running_loop().time
        while not self._is_stopping:
            pause = _POLL_WITH_NOTIFY if self._is_listening else _POLL
            self._wake.clear()
            try:
                if clock() >= next_expiry:
                    await self._expire()
                    next_expiry = clock() + _EXPIRY
                while not self._is_stopping and (row := await self._store.claim(_LEASE)):
                    await self._send(row)
                    away = 0
                self._log_once("")
            except UnreachableError as error:
                away += 1
                pause = _doubled(away, _LONGEST_UNREACHABLE)
                self._log_once(f"Mails wait: {error}")
            except Exception as error:  # of any driver
                pause = _POLL_WITH_NOTIFY
                self._log_once(f"The outbox cannot be read: {_first_line(error)}")
            else:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), pause)
                continue
            await self._rest(pause)

    async def _rest(self, seconds: float) -> None:
        """Pauses, even if new messages arrive."""
        clock = asyncio.get_running_loop().time
        end = clock() + seconds
        while not self._is_stopping and clock() < end:
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), end - clock())

    async def _send(self, row: Row) -> None:
        """Sends one message, and records the result.

        Raises:
            UnreachableError: the transport accepts no messages at the moment.
        """
        if row.data is None or row.expires_at <= datetime.now(UTC):
            await self._settle(lambda: self._store.failed(row, row.error or EXPIRED))
            return
        try:
            async with asyncio.timeout(_SEND_TIMEOUT):
                await self._hand_over(row)
        except RefusedError as error:
            reason = _hidden(row, error)
            logger.error("Refused for good: %s to %s: %s", row.kind, row.recipient, reason)
            await self._settle(lambda: self._store.failed(row, reason))
        except UnreachableError as error:
            reason = _hidden(row, error)
            await self._store.postponed(row, timedelta(seconds=_SHORTEST), reason)
            raise UnreachableError(reason) from error
        except Exception as error:  # of any transport or text
            reason = _hidden(row, error)
            pause = _doubled(row.attempts + 1, _LONGEST_RETRY)
            logger.warning(
                "Not sent, tried again in %d s: %s to %s: %s",
                *(pause, row.kind, row.recipient, reason),
            )
            await self._store.postponed(row, timedelta(seconds=pause), reason)
        else:
            # In development, mails stay readable until they expire.
            wipe = self._settings.is_production or self._is_transported(row)
            await self._settle(lambda: self._store.sent(row, wipe=wipe))

    def _is_transported(self, row: Row) -> bool:
        transport = self._text_transport if row.kind in self._texts else self._transport
        return transport is not None

    async def _hand_over(self, row: Row) -> None:
        mail = self._mail_of(row)
        if not self._is_transported(row):
            what = next(iter(row.secrets()), mail.text)
            logger.info("To %s: %s: %s", row.recipient, mail.subject, what)
        elif row.kind in self._texts:
            assert self._text_transport
            await self._text_transport(row.recipient, mail.text)
        else:
            assert self._transport
            await self._transport(row.recipient, mail)

    async def _settle(self, write: Callable[[], Awaitable[None]]) -> None:
        """Records the result of a message, with retries while the database is unreachable."""
        for attempt in range(1, 5):
            try:
                return await write()
            except Exception as error:  # of any driver
                self._log_once(f"The outbox cannot be written: {_first_line(error)}")
                await asyncio.sleep(attempt)
        await write()

    async def _expire(self) -> None:
        for row in await self._store.expire():
            logger.error("Expired before it was sent: %s to %s", row.kind, row.recipient)

    def _log_once(self, problem: str) -> None:
        """Logs a problem that concerns all messages, once."""
        if problem and problem != self._logged:
            logger.error(problem)
        elif self._logged and not problem:
            logger.info("Messages are sent again")
        self._logged = problem

    async def _listen(self) -> None:
        import asyncpg  # type: ignore[import-untyped]

        url = read_database_url(
            self._settings.database_url.get_secret_value(), self._settings.project_folder()
        )
        # LISTEN does not work through a pooler in transaction mode.
        while isinstance(url, PostgresqlUrl) and url.prepares:
            gone = asyncio.Event()
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                connection = await asyncpg.connect(**url.asyncpg_arguments())
                try:
                    connection.add_termination_listener(lambda *_, gone=gone: gone.set())
                    await connection.add_listener("outbox_message", lambda *_: self._wake.set())
                    self._is_listening = True
                    self._wake.set()  # for messages inserted meanwhile
                    await gone.wait()
                finally:
                    self._is_listening = False
                    connection.terminate()
            await asyncio.sleep(_POLL_WITH_NOTIFY)


def _doubled(times: int, longest: float) -> float:
    return min(_SHORTEST * 2.0 ** min(times - 1, 20), longest)


def _hidden(row: Row, error: Exception) -> str:
    """The text of an error, without the message's credentials."""
    text = " ".join(str(error).split()) or type(error).__name__
    for secret in row.secrets():
        text = text.replace(secret, "…")
    return text[:500]


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
