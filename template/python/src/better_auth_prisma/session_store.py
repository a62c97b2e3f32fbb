"""Where the session check reads: a session and its user, in one query."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from better_auth.schema import SchemaMismatchError, diff_schema
from fastapi_better_auth import StoredSession, StoredUser
from sqlalchemy import Select, bindparam, select
from sqlalchemy.exc import MissingGreenlet
from sqlalchemy.util import greenlet_spawn

from better_auth_prisma.adapter import PrismaAdapter
from better_auth_prisma.introspection import introspect

_Fetch = Callable[[str], Awaitable[Sequence[Any] | None]]


class PrismaSessionStore:
    """A ``SessionStore`` of fastapi-better-auth-bridge on the tables and the pool of an adapter.

    It finds what the adapter would, renamed tables and columns included, and never writes.
    """

    def __init__(self, adapter: PrismaAdapter) -> None:
        self._adapter = adapter
        self._fetch: _Fetch | None = None

    async def prepare(self) -> None:
        """Makes the query, once the database has told the types of its columns.

        Raises:
            SchemaMismatchError: a column is missing. What else the tables have does not matter to
                somebody who only reads.
        """
        if self._fetch is not None:
            return
        adapter = self._adapter
        tables = {model: adapter._table(model) for model in ("session", "user")}
        async with adapter._connection(write=False) as connection:
            found = await connection.run_sync(introspect, tables)
        findings = diff_schema({model: adapter.schema[model] for model in tables}, found)
        missing = [each for each in findings if each["kind"] != "unexpected-required-column"]
        if missing:
            raise SchemaMismatchError(missing)
        # A driver's own rows still have to become what SQLAlchemy would make of them.
        is_raw = adapter.engine.dialect.driver == "asyncpg"
        self._session = _Decoder(adapter, "session", is_raw)
        self._user = _Decoder(adapter, "user", is_raw)
        self._fetch = self._with_asyncpg() if is_raw else self._with_sqlalchemy()

    async def fetch_session_by_token(self, token: str) -> StoredSession | None:
        """The session of a token, with its user; whether they still count is not decided here."""
        await self.prepare()
        assert self._fetch is not None
        row = await self._fetch(token)
        if row is None:
            return None
        session = self._session(row[: self._session.width])
        user = self._user(row[self._session.width :])
        if session["token"] != token:  # MySQL compares without regard to case
            return None
        return StoredSession(
            token=token,
            user_id=str(session["userId"]),
            expires_at=session["expiresAt"],
            payload=session,
            user=StoredUser(
                id=str(user["id"]),
                payload=user,
                banned=user.get("banned"),
                ban_expires=user.get("banExpires"),
            ),
            impersonated_by=session.get("impersonatedBy"),
        )

    async def fetch_user_by_id(self, user_id: str) -> StoredUser | None:
        """None: every session comes with its user, so nobody asks."""
        return None

    def _query(self) -> Select[Any]:
        session, user = self._adapter._table("session"), self._adapter._table("user")
        return (
            select(*session.columns, *user.columns)
            .join_from(session, user, session.c.userId == user.c.id)
            .where(session.c.token == bindparam("token"))
        )

    def _with_asyncpg(self) -> _Fetch:
        """Asks the driver, which prepares the statement once for each connection.

        A connection is lent by SQLAlchemy's pool; its layers above would take longer than the
        query.
        """
        engine = self._adapter.engine
        sql = str(self._query().compile(dialect=engine.dialect))

        async def fetch(token: str) -> Sequence[Any] | None:
            try:
                lent = engine.sync_engine.raw_connection()
            except MissingGreenlet:  # one has to be made, waited for, or asked whether it lives
                lent = await greenlet_spawn(engine.sync_engine.raw_connection)
            try:
                connection: Any = lent.driver_connection
                row: Sequence[Any] | None = await connection.fetchrow(sql, token)
                return row
            finally:
                lent.close()

        return fetch

    def _with_sqlalchemy(self) -> _Fetch:
        query = self._query()

        async def fetch(token: str) -> Sequence[Any] | None:
            async with self._adapter._connection(write=False) as connection:
                result = await connection.execute(query, {"token": token})
                row: Sequence[Any] | None = result.first()
                return row

        return fetch


class _Decoder:
    """Turns the values of a row into better-auth's fields."""

    def __init__(self, adapter: PrismaAdapter, model: str, is_raw: bool) -> None:
        dialect = adapter.engine.dialect
        columns = adapter._table(model).columns
        self.width = len(columns)
        self._adapter, self._model, self._names = adapter, model, tuple(columns.keys())
        self._conversions = [
            (column.key, convert)
            for column in columns
            if is_raw
            and (convert := column.type.dialect_impl(dialect).result_processor(dialect, None))
        ]
        types = {field.type for field in adapter.schema[model].values()}
        self._is_plain = not any(kind == "json" or kind.endswith("[]") for kind in types)

    def __call__(self, values: Sequence[Any]) -> dict[str, Any]:
        row = dict(zip(self._names, values, strict=True))
        for name, convert in self._conversions:
            row[name] = convert(row[name])
        return row if self._is_plain else self._adapter._out(self._model, row)
