"""For the tests of an application: a user who is signed in, without a request to anybody."""

from __future__ import annotations

import contextlib
import secrets
import uuid
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from better_auth_sidecar.configuration import Table
from better_auth_sidecar.cookies import signed_cookie
from better_auth_sidecar.database_url import PostgresqlUrl, SqliteUrl, read_database_url
from better_auth_sidecar.server import AuthServer
from better_auth_sidecar.stores import quoted


class Client(Protocol):
    """What `sign_in` needs of a client, be it httpx's or Starlette's ``TestClient``."""

    @property
    def cookies(self) -> Any: ...
    @property
    def headers(self) -> Any: ...


async def sign_in(client: Client, auth_server: AuthServer, **user: Any) -> str:
    """Signs a client in as a new user: a row of each table, and a cookie.

    Args:
        client: gets the session's cookie, and an ``Origin`` if it has none.
        auth_server: in whose ``running`` this happens.
        user: fields of the user by better-auth's names, such as ``role="admin"``; the others are
            made up. Fields of ``auth.ts`` without a default in the database have to be given.

    Returns:
        The user's id.

    Raises:
        NotImplementedError: the database is neither PostgreSQL nor SQLite; sign up at the auth
            server instead.
        LookupError: ``auth.ts`` has no such field.
    """
    configuration = await auth_server.configuration()
    tables, settings = configuration.tables, auth_server.settings
    now = datetime.now(UTC)
    times = {"createdAt": now, "updatedAt": now}
    token = secrets.token_urlsafe(24)
    person = {
        "name": "Ada Lovelace",
        "email": f"{secrets.token_hex(8)}@example.com",
        "emailVerified": True,
        **times,
        **user,
    }
    expires = now + timedelta(seconds=configuration.session.expires_in)
    async with _database(auth_server) as database:
        user_id = await database.insert(tables.user, person)
        session = {"token": token, "userId": user_id, "expiresAt": expires, **times}
        await database.insert(tables.session, session)
    client.cookies.set(configuration.cookie.name, signed_cookie(token, settings.secret))
    client.headers.setdefault("Origin", settings.better_auth_url)
    return str(user_id)


class _Database(Protocol):
    async def insert(self, table: Table, row: Mapping[str, Any]) -> Any:
        """Inserts a row by better-auth's names, and gives its id."""
        ...


@contextlib.asynccontextmanager
async def _database(auth_server: AuthServer) -> AsyncIterator[_Database]:
    url = read_database_url(auth_server.settings.database_url.get_secret_value(), auth_server.root)
    if isinstance(url, PostgresqlUrl):
        import asyncpg  # type: ignore[import-untyped]

        connection = await asyncpg.connect(**url.asyncpg_arguments())
        try:
            yield _Postgresql(connection, url.schema)
        finally:
            await connection.close()
    elif isinstance(url, SqliteUrl):
        import aiosqlite

        async with aiosqlite.connect(url.path, timeout=5) as file:
            yield _Sqlite(file)
    else:
        raise NotImplementedError(
            "Sign up at the auth server in this test: rows can be written to PostgreSQL, "
            "CockroachDB and SQLite."
        )


class _Postgresql:
    def __init__(self, connection: Any, schema: str | None) -> None:
        self._connection = connection
        self._prefix = f"{quoted(schema)}." if schema else ""

    async def insert(self, table: Table, row: Mapping[str, Any]) -> Any:
        name = f"{self._prefix}{quoted(table.name)}"
        statement = await self._connection.prepare(f"SELECT * FROM {name} LIMIT 0")
        types = {column.name: column.type.name for column in statement.get_attributes()}
        values = {
            column: _of_type(value, types.get(column, "")) for column, value in _columns(table, row)
        }
        if types["id"] == "uuid":
            values["id"] = uuid.uuid4()
        elif not types["id"].startswith("int"):  # a number is the database's to give
            values["id"] = secrets.token_hex(16)
        columns = ", ".join(map(quoted, values))
        places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
        return await self._connection.fetchval(
            f'INSERT INTO {name} ({columns}) VALUES ({places}) RETURNING "id"', *values.values()
        )


class _Sqlite:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def insert(self, table: Table, row: Mapping[str, Any]) -> Any:
        name = quoted(table.name)
        columns = await self._connection.execute_fetchall(f"PRAGMA table_info({name})")
        types = {column[1]: column[2].upper() for column in columns}
        values = {column: _as_text(value) for column, value in _columns(table, row)}
        if types["id"] != "INTEGER":
            values["id"] = secrets.token_hex(16)
        names = ", ".join(map(quoted, values))
        places = ", ".join("?" * len(values))
        cursor = await self._connection.execute(
            f"INSERT INTO {name} ({names}) VALUES ({places})", tuple(values.values())
        )
        await self._connection.commit()
        return values.get("id", cursor.lastrowid)


def _columns(table: Table, row: Mapping[str, Any]) -> list[tuple[str, Any]]:
    if unknown := row.keys() - table.fields.keys():
        raise LookupError(f"auth.ts has no field {sorted(unknown)[0]!r} in {table.name!r}")
    return [(table.fields[name].column, value) for name, value in row.items()]


def _of_type(value: Any, kind: str) -> Any:
    if isinstance(value, datetime) and kind == "timestamp":
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def _as_text(value: Any) -> Any:
    """A date as Prisma's adapter for SQLite writes it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds")
    return value
