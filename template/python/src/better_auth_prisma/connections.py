"""Connections that break: noticed before they are used, and told apart from other errors."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import (
    DBAPIError,
    DisconnectionError,
    InvalidatePoolError,
    OperationalError,
    TimeoutError,
)
from sqlalchemy.ext.asyncio import AsyncEngine

#: After that long, a firewall may have forgotten a connection without telling anybody.
_IDLE_SECONDS = 30.0
#: SQLSTATE classes: no connection, and a server that goes down or comes up.
_OUTAGES = ("08", "57P")


def is_outage(error: Exception) -> bool:
    """Whether the same statement may succeed later, when the database can be reached."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        is_lost = error.connection_invalidated or state.startswith(_OUTAGES)
        return is_lost or isinstance(error, OperationalError)
    return isinstance(error, (TimeoutError, OSError))


def watch_asyncpg(engine: AsyncEngine) -> None:
    """Replaces the broken connections of a pool, without asking the server about each of them.

    SQLAlchemy's ``pool_pre_ping`` costs up to three round trips a request. asyncpg itself knows
    at once when the server has closed a connection; only one that was idle for long is asked.
    """

    @event.listens_for(engine.sync_engine, "do_connect")
    def connect(dialect: Dialect, record: Any, args: list[Any], parameters: dict[str, Any]) -> Any:
        driver: Any = dialect.loaded_dbapi
        try:
            return dialect.connect(*args, **parameters)
        except (OSError, driver.asyncpg.PostgresError) as error:
            # SQLAlchemy expects its own class, which other drivers raise.
            reason = str(error) or type(error).__name__
            raise driver.OperationalError(reason) from error

    @event.listens_for(engine.sync_engine, "checkin")
    def remember(connection: Any, record: Any) -> None:
        record.info["idle since"] = time.monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def check(connection: Any, record: Any, proxy: Any) -> None:
        if record.driver_connection.is_closed():
            raise InvalidatePoolError("the server closed the connection")
        if time.monotonic() - record.info.get("idle since", time.monotonic()) < _IDLE_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except (OSError, engine.dialect.loaded_dbapi.Error) as error:
            raise DisconnectionError("the connection was lost while it was idle") from error
