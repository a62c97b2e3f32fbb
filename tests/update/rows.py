"""Rows for every table of a database, and a check that they are still there."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from better_auth_sidecar.engine import create_engine
from sqlalchemy import Column, Connection, MetaData, Table, text

_T = TypeVar("_T")
Columns = dict[str, list[str]]


class Database:
    """A project's database.

    Args:
        url: its ``DATABASE_URL`` in Prisma's form.
        root: the project's folder.
    """

    def __init__(self, url: str, root: Path) -> None:
        self._url, self._root = url, root

    def fill(self, count: int) -> None:
        """Adds a number of rows to each table, with references between them."""
        self._run(lambda connection, tables: _insert(connection, tables, count))

    def columns(self) -> Columns:
        """The columns of each table."""
        return self._run(
            lambda _, tables: {
                table.name: [column.name for column in table.columns]
                for table in tables.sorted_tables
            }
        )

    def checksums(self, columns: Columns) -> dict[str, tuple[int, str]]:
        """For each table, the number of rows and a hash of these columns."""
        return self._run(lambda connection, _: _checksums(connection, columns))

    def _run(self, work: Callable[[Connection, MetaData], _T]) -> _T:
        def reflected(connection: Connection) -> _T:
            tables = MetaData()
            tables.reflect(connection)
            return work(connection, tables)

        async def connected() -> _T:
            engine = create_engine(self._url, root=self._root)
            try:
                async with engine.begin() as connection:
                    return await connection.run_sync(reflected)
            finally:
                await engine.dispose()

        return asyncio.run(connected())


def _insert(connection: Connection, tables: MetaData, count: int) -> None:
    for table in tables.sorted_tables:
        rows = [
            {column.name: _value(table, column, number) for column in table.columns}
            for number in range(count)
        ]
        connection.execute(table.insert(), rows)


def _value(table: Table, column: Column[Any], number: int) -> Any:
    """A value of the column's type; every third optional one is null."""
    for key in column.foreign_keys:
        return f"{key.column.table.name} {key.column.name} {number}"
    if column.nullable and number % 3 == 0:
        return None
    kind = column.type.python_type
    if kind is bool:
        return number % 2 == 0
    if kind is datetime:
        return datetime(2026, 1, 1) + timedelta(minutes=number)
    return number if kind is int else f"{table.name} {column.name} {number}"


def _checksums(connection: Connection, columns: Columns) -> dict[str, tuple[int, str]]:
    found = {}
    for table, names in columns.items():
        listed = ", ".join(f'"{name}"' for name in names)
        rows = connection.execute(text(f'SELECT {listed} FROM "{table}" ORDER BY "id"')).all()
        digest = hashlib.sha256(repr([tuple(row) for row in rows]).encode())
        found[table] = len(rows), digest.hexdigest()
    return found
