"""The session query, and the interface of the databases that run it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from better_auth_sidecar.configuration import Configuration, Field, Table


class Row(NamedTuple):
    """A session and its user, with better-auth's field names."""

    session: dict[str, Any]
    user: dict[str, Any]


class StoreError(RuntimeError):
    """The database cannot be queried at the moment."""


class UnfitError(RuntimeError):
    """The session query does not fit the database or ``auth.ts``.

    A table or column is missing, this user may not read it, or ``auth.ts`` transforms a field.
    """


class Dialect(NamedTuple):
    """How a database and its driver differ from others."""

    #: The driver's placeholder.
    parameter: str = "$1"
    #: PostgreSQL's schema; default: the connection's search path.
    schema: str | None = None
    #: Whether dates, booleans, JSON and lists have SQLite's representation.
    is_sqlite: bool = False


class Store(Protocol):
    """A database that the session check queries directly."""

    dialect: Dialect

    def open(self) -> AbstractAsyncContextManager[None]:
        """Entered for the lifespan of the application. Connections are opened on demand."""
        ...

    async def find(self, query: SessionQuery, token: str) -> Row | None:
        """The session with this token, even if it has expired; None if there is none.

        Raises:
            StoreError: the database cannot be reached.
            UnfitError: the query does not fit the database.
        """
        ...


class SessionQuery:
    """The SQL that reads a session and its user by the session's token.

    Args:
        configuration: names and types of the columns.
        user, session: the fields to read, by better-auth's names.
        dialect: that of the store.

    Raises:
        UnfitError: ``auth.ts`` transforms a field.
    """

    def __init__(
        self,
        configuration: Configuration,
        *,
        user: Sequence[str],
        session: Sequence[str],
        dialect: Dialect,
    ) -> None:
        tables = configuration.tables
        self._session = _Columns(tables.session, "s", session, dialect.is_sqlite)
        self._user = _Columns(tables.user, "u", user, dialect.is_sqlite)
        prefix = f"{quoted(dialect.schema)}." if dialect.schema else ""
        joined = quoted(tables.session.fields["userId"].column)
        token = quoted(tables.session.fields["token"].column)
        self.sql = (
            f"SELECT {self._session.sql}, {self._user.sql} "
            f"FROM {prefix}{quoted(tables.session.name)} s "
            f'JOIN {prefix}{quoted(tables.user.name)} u ON u."id" = s.{joined} '
            f"WHERE s.{token} = {dialect.parameter}"
        )

    def decode(self, values: Sequence[Any]) -> Row:
        """Converts a row of the database to the types of better-auth's fields."""
        width = self._session.width
        return Row(self._session.decode(values[:width]), self._user.decode(values[width:]))


class _Columns:
    """One table's columns in the query."""

    def __init__(self, table: Table, alias: str, names: Sequence[str], is_sqlite: bool) -> None:
        self._names = tuple(names)
        self.width = len(self._names)
        fields = [(name, table.fields.get(name)) for name in self._names]
        self.sql = ", ".join(_selected(alias, *field, is_sqlite) for field in fields)
        self._conversions = [
            (name, convert) for name, field in fields if (convert := _conversion(field, is_sqlite))
        ]

    def decode(self, values: Sequence[Any]) -> dict[str, Any]:
        row = dict(zip(self._names, values, strict=True))
        for name, convert in self._conversions:
            if (value := row[name]) is not None:
                row[name] = convert(value)
        return row


def _selected(alias: str, name: str, field: Field | None, is_sqlite: bool) -> str:
    if field and field.type == "transformed":
        raise UnfitError(f"auth.ts transforms {name!r}.")
    column = f"{alias}.{quoted(field.column if field else name)}"
    # Prisma has no lists that are NULL.
    return f"COALESCE({column}, '{{}}')" if field and _is_list(field) and not is_sqlite else column


def _is_list(field: Field) -> bool:
    return isinstance(field.type, str) and field.type.endswith("[]")


def _conversion(field: Field | None, is_sqlite: bool) -> Callable[[Any], Any] | None:
    if field is None or field.type == "string":
        return str  # better-auth's ids and references are strings, whatever the column is
    if field.type == "date":
        return _sqlite_date if is_sqlite else _in_utc
    if field.type == "json":
        return _json
    if is_sqlite and field.type == "boolean":
        return bool
    if is_sqlite and _is_list(field):
        return _json
    return None


def _in_utc(value: datetime) -> datetime:
    """Adds the time zone: Prisma stores DateTime as UTC in a timestamp without one."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _sqlite_date(value: str | int | float) -> datetime:
    """Parses a date of Prisma's adapters or CURRENT_TIMESTAMP: text, or milliseconds."""
    if isinstance(value, str):
        return _in_utc(datetime.fromisoformat(value))
    return datetime.fromtimestamp(value / 1000, UTC)


def _json(value: Any) -> Any:
    """Parses JSON, twice if needed: better-auth's Prisma adapter stores JSON as a JSON string."""
    for _ in range(2):
        if not isinstance(value, str):
            break
        try:
            value = json.loads(value)
        except ValueError:
            break
    return value


def quoted(name: str) -> str:
    """A table's or column's name, quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'
