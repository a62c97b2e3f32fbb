"""The session query on SQLite, with aiosqlite."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import aiosqlite

from better_auth_sidecar.stores import Dialect, Row, SessionQuery, StoreError, UnfitError


class SqliteStore:
    """Reads sessions from a SQLite file, which it never writes or creates.

    Its methods are those of `Store`; the first query opens the file.

    Args:
        path: the file; it may be created later.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.dialect = Dialect(parameter="?", is_sqlite=True)
        self._lock: asyncio.Lock | None = None
        self._connection: aiosqlite.Connection | None = None

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        self._lock = asyncio.Lock()
        try:
            yield
        finally:
            self._lock = None
            await self._close()

    async def find(self, query: SessionQuery, token: str) -> Row | None:
        if self._lock is None:
            raise StoreError("the application does not run")
        try:
            connection = self._connection or await self._connect(self._lock)
            async with connection.execute(query.sql, (token,)) as cursor:
                row = await cursor.fetchone()
        except sqlite3.OperationalError as error:
            if str(error).startswith("no such "):
                raise UnfitError(str(error)) from error
            await self._close()
            raise StoreError(str(error)) from error
        except sqlite3.Error as error:
            await self._close()
            raise StoreError(str(error)) from error
        return query.decode(tuple(row)) if row is not None else None

    async def _connect(self, lock: asyncio.Lock) -> aiosqlite.Connection:
        async with lock:
            if self._connection is None:
                uri = f"file:{quote(str(self._path))}?mode=ro"
                self._connection = await aiosqlite.connect(uri, uri=True, timeout=5)
            return self._connection

    async def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
