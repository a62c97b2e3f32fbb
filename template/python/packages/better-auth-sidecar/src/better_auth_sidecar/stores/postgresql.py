"""The session query on PostgreSQL and CockroachDB, with asyncpg.

The pool here serves one query, which each connection prepares once. asyncpg's own pool resets a
connection after each use: a second round trip, which would double the cost of a request.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

import asyncpg  # type: ignore[import-untyped]

from better_auth_sidecar.database_url import PostgresqlUrl
from better_auth_sidecar.stores import Dialect, Row, SessionQuery, StoreError, UnfitError

#: Seconds after which an idle connection may have been dropped silently, for example by a firewall.
_IDLE = 30.0
#: Timeouts of the query in seconds; shorter on a connection that was idle and may be dead.
_TIMEOUT, _IDLE_TIMEOUT = 10.0, 2.0
_LOST = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the server is closing the connection
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
)
_UNFIT = (
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedColumnError,
    asyncpg.InvalidSchemaNameError,
    asyncpg.InsufficientPrivilegeError,
)
#: Errors of a pooler in transaction mode, where prepared statements get lost.
_POOLED = (asyncpg.DuplicatePreparedStatementError, asyncpg.InvalidSQLStatementNameError)


class _Connection:
    """A connection with its prepared statement."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver
        self.idle_since = time.monotonic()
        self._query: SessionQuery | None = None
        self._statement: Any = None

    async def find(self, query: SessionQuery, token: str, *, prepare: bool) -> Any:
        now = time.monotonic()
        seconds = _IDLE_TIMEOUT if now - self.idle_since > _IDLE else _TIMEOUT
        if not prepare:
            # A pooler keeps one server connection only for the length of a transaction.
            async with self.driver.transaction(readonly=True):
                return await self.driver.fetchrow(query.sql, token, timeout=seconds)
        if self._query is not query:
            self._statement = await self.driver.prepare(query.sql, timeout=seconds)
            self._query = query
        return await self._statement.fetchrow(token, timeout=seconds)


class PostgresqlStore:
    """Reads sessions from PostgreSQL or CockroachDB; its methods are those of `Store`.

    Args:
        url: the database; its ``connection_limit`` is the size of the pool.
    """

    def __init__(self, url: PostgresqlUrl) -> None:
        self._url = url
        self.dialect = Dialect(schema=url.schema)
        self._idle: list[_Connection] = []
        self._free: asyncio.Semaphore | None = None

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        self._free = asyncio.Semaphore(self._url.pool_size)
        try:
            yield
        finally:
            self._free = None
            while self._idle:
                with contextlib.suppress(*_LOST, asyncpg.PostgresError):
                    await self._idle.pop().driver.close(timeout=2)

    async def find(self, query: SessionQuery, token: str) -> Row | None:
        if self._free is None:
            raise StoreError("the application does not run")
        if self._free.locked():
            await self._wait()
        else:
            await self._free.acquire()  # returns at once
        try:
            row = await self._find(query, token)
        except _UNFIT as error:
            raise UnfitError(str(error)) from error
        except _POOLED as error:
            raise StoreError(
                "add pgbouncer=true to DATABASE_URL, because a pooler in transaction mode loses "
                "prepared statements"
            ) from error
        except (*_LOST, asyncpg.PostgresError) as error:
            raise StoreError(str(error) or type(error).__name__) from error
        finally:
            if self._free is not None:
                self._free.release()
        return query.decode(row) if row is not None else None

    async def _wait(self) -> None:
        assert self._free is not None
        try:
            async with asyncio.timeout(self._url.pool_timeout):
                await self._free.acquire()
        except TimeoutError:
            raise StoreError("all connections are busy") from None

    async def _find(self, query: SessionQuery, token: str) -> Any:
        """Queries an idle connection or, if those are broken, a new one: reading is repeatable."""
        while self._idle:
            connection = self._idle.pop()
            if connection.driver.is_closed():
                continue
            try:
                return await self._ask(connection, query, token)
            except TimeoutError:
                self._forget_idle()  # the others would probably time out as well
            except (*_LOST, asyncpg.InvalidCachedStatementError):
                pass
        connection = _Connection(await asyncpg.connect(**self._url.asyncpg_arguments()))
        return await self._ask(connection, query, token)

    async def _ask(self, connection: _Connection, query: SessionQuery, token: str) -> Any:
        try:
            row = await connection.find(query, token, prepare=self._url.prepares)
        except (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError):
            self._put_back(connection)
            raise
        except BaseException:  # after a cancellation, the query still runs on the connection
            connection.driver.terminate()
            raise
        self._put_back(connection)
        return row

    def _forget_idle(self) -> None:
        while self._idle:
            self._idle.pop().driver.terminate()

    def _put_back(self, connection: _Connection) -> None:
        if self._free is None:
            connection.driver.terminate()
        elif not connection.driver.is_closed():
            connection.idle_since = time.monotonic()
            self._idle.append(connection)
