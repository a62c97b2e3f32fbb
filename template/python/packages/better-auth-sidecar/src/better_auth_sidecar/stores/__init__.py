"""Where the session check reads: straight from the database, or from the auth server."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from better_auth_sidecar.configuration import Configuration, Field, Table


class Row(NamedTuple):
    """A session and its user, by better-auth's names of the fields."""

    session: dict[str, Any]
    user: dict[str, Any]


class StoreError(RuntimeError):
    """The database cannot be asked now; it may be later."""


class UnfitError(RuntimeError):
    """The database lacks a table or a column, or does not let this user read it."""


class Store(Protocol):
    """A database that is asked directly."""

    def open(self) -> AbstractAsyncContextManager[None]:
        """For the lifespan of the application. Connections are made when they are needed."""
        ...

    def query(
        self, configuration: Configuration, *, user: Sequence[str], session: Sequence[str]
    ) -> SessionQuery:
        """The query in this database's dialect, for fields by better-auth's names."""
        ...

    async def find(self, query: SessionQuery, token: str) -> Row | None:
        """The session of a token, whether it still counts or not.

        Raises:
            StoreError: the database cannot be reached.
            UnfitError: the query does not fit the database.
        """
        ...


class SessionQuery:
    """The one query of a request, made for a configuration and the fields that Python wants.

    Args:
        configuration: names and types of the columns.
        user, session: the fields to read, by better-auth's names.
        schema: PostgreSQL's schema; the connection's own without.
        parameter: the driver's placeholder.
        is_sqlite: whether dates, booleans, JSON and lists are stored as SQLite stores them.
    """

    def __init__(
        self,
        configuration: Configuration,
        *,
        user: Sequence[str],
        session: Sequence[str],
        schema: str | None = None,
        parameter: str = "$1",
        is_sqlite: bool = False,
    ) -> None:
        tables = configuration.tables
        self._session = _Columns(tables.session, "s", session, is_sqlite)
        self._user = _Columns(tables.user, "u", user, is_sqlite)
        prefix = f"{quoted(schema)}." if schema else ""
        joined = quoted(tables.session.fields["userId"].column)
        token = quoted(tables.session.fields["token"].column)
        self.sql = (
            f"SELECT {self._session.sql}, {self._user.sql} "
            f"FROM {prefix}{quoted(tables.session.name)} s "
            f'JOIN {prefix}{quoted(tables.user.name)} u ON u."id" = s.{joined} '
            f"WHERE s.{token} = {parameter}"
        )

    def decode(self, values: Sequence[Any]) -> Row:
        """A row of the database, in the types that better-auth itself gives."""
        width = self._session.width
        return Row(self._session.decode(values[:width]), self._user.decode(values[width:]))


class _Columns:
    """The columns of one table in the query."""

    def __init__(self, table: Table, alias: str, names: Sequence[str], is_sqlite: bool) -> None:
        self._names = tuple(names)
        self.width = len(self._names)
        columns = [table.fields[n].column if n != "id" else "id" for n in self._names]
        self.sql = ", ".join(f"{alias}.{quoted(column)}" for column in columns)
        self._conversions = [
            (name, convert)
            for name in self._names
            if (convert := _conversion(name, table.fields.get(name), is_sqlite))
        ]

    def decode(self, values: Sequence[Any]) -> dict[str, Any]:
        row = dict(zip(self._names, values, strict=True))
        for name, convert in self._conversions:
            if (value := row[name]) is not None:
                row[name] = convert(value)
        return row


def _conversion(name: str, field: Field | None, is_sqlite: bool) -> Callable[[Any], Any] | None:
    if name in ("id", "userId"):
        return str  # better-auth's ids are strings, whatever the column is
    assert field is not None
    if field.type == "date":
        return _sqlite_date if is_sqlite else _in_utc
    if field.type == "json":
        return _json
    if is_sqlite and field.type == "boolean":
        return bool
    if is_sqlite and isinstance(field.type, str) and field.type.endswith("[]"):
        return _json
    return None


def _in_utc(value: datetime) -> datetime:
    """Prisma's DateTime is a timestamp without a time zone, and means UTC."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _sqlite_date(value: str | int | float) -> datetime:
    """A date as Prisma's adapters write it, or CURRENT_TIMESTAMP: text, or milliseconds."""
    if isinstance(value, str):
        return _in_utc(datetime.fromisoformat(value))
    return datetime.fromtimestamp(value / 1000, UTC)


def _json(value: Any) -> Any:
    """A JSON value; better-auth's Prisma adapter stores JSON inside of a JSON string."""
    for _ in range(2):
        if not isinstance(value, str):
            break
        try:
            value = json.loads(value)
        except ValueError:
            break
    return value


def quoted(name: str) -> str:
    """A name of a table or a column, for SQL."""
    return '"' + name.replace('"', '""') + '"'
