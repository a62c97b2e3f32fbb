"""``prisma_adapter``: better-auth-server on tables that Prisma made.

The Python sibling of better-auth's ``prismaAdapter``. What a Prisma client writes it reads, and
the other way round, so that both may work on one database at the same time.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from better_auth import Where
from better_auth.adapters.base import BaseAdapter, check_increment
from better_auth.adapters.sqlalchemy import SQLAlchemyAdapter
from better_auth.adapters.transform import Caps
from better_auth.config import AdvancedDatabase
from better_auth.schema import (
    Field,
    Schema,
    SchemaMismatchError,
    diff_schema,
)
from better_auth.types import APIError
from sqlalchemy import Column, Row, Table, select, true
from sqlalchemy.exc import DBAPIError, IntegrityError, TimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from better_auth_prisma.column_types import column_type, fitting, to_milliseconds
from better_auth_prisma.connections import is_outage
from better_auth_prisma.introspection import introspect

_logger = logging.getLogger("better_auth")

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


def _lost_code() -> APIError:
    """What OAuth answers for a code, or a token, that was used twice (RFC 6749, 5.2)."""
    words = {"error": "invalid_grant", "error_description": "invalid code"}
    return APIError(400, "INVALID_GRANT", "Invalid code", extra=words)


#: What somebody is told whose row a concurrent request made impossible.
_LOST_RACES: dict[str, Callable[[], APIError]] = {
    "user": lambda: APIError(422, "FAILED_TO_CREATE_USER", "Failed to create user"),
    "organization": lambda: APIError(
        400, "ORGANIZATION_ALREADY_EXISTS", "Organization already exists"
    ),
    "oauthAccessToken": _lost_code,
    "oauthRefreshToken": _lost_code,
}
_WITH_RETURNING = ("postgresql", "cockroachdb", "sqlite")


def prisma_adapter(
    engine: AsyncEngine,
    *,
    provider: str,
    tables: Mapping[str, str] | None = None,
    columns: Mapping[str, Mapping[str, str]] | None = None,
    advanced: AdvancedDatabase | None = None,
) -> PrismaAdapter:
    """An adapter for ``BetterAuth(adapter=…)``.

    Args:
        engine: where the tables are.
        provider: the provider of ``schema.prisma``: "postgresql", "cockroachdb", "mysql" or
            "sqlite".
        tables: better-auth's model names and the tables that ``@@map`` gives them, where they
            differ: ``{"user": "users"}``.
        columns: the same for fields and ``@map``: ``{"user": {"email": "email_address"}}``.
        advanced: better-auth's ``advanced.database`` options.

    Raises:
        ValueError: there is no such provider.
    """
    if provider not in (*_WITH_RETURNING, "mysql"):
        raise ValueError(f"prisma_adapter has no provider {provider!r}")
    return PrismaAdapter(engine, provider, tables or {}, columns or {}, advanced)


def _checked(
    method: Callable[Concatenate[Any, _Given], Awaitable[_Result]],
) -> Callable[Concatenate[Any, _Given], Coroutine[Any, Any, _Result]]:
    """Looks at the database before the first statement, whose types it decides."""

    @wraps(method)
    async def checked(adapter: Any, /, *args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        if adapter._schema_verdict is not True:
            await adapter.check_schema()
        return await method(adapter, *args, **kwargs)

    return checked


@contextmanager
def _outages(*kinds: type[Exception]) -> Iterator[None]:
    """Answers 503 while the database is out of reach, for which a request is not to blame."""
    try:
        yield
    except kinds as error:
        if not is_outage(error):
            raise
        reason = error.orig if isinstance(error, DBAPIError) else error
        _logger.error("The database cannot be reached: %s", reason)
        message = "The database cannot be reached"
        raise APIError(503, "SERVICE_UNAVAILABLE", message) from error


class PrismaAdapter(SQLAlchemyAdapter):
    """better-auth-server's SQLAlchemy adapter, on Prisma's types and names."""

    def __init__(
        self,
        engine: AsyncEngine,
        provider: str,
        tables: Mapping[str, str],
        columns: Mapping[str, Mapping[str, str]],
        advanced: AdvancedDatabase | None = None,
    ) -> None:
        super().__init__(engine, advanced=advanced)
        self.provider = provider
        self._table_names = tables
        self._column_names = columns
        self._checking = asyncio.Lock()
        native = provider in ("postgresql", "cockroachdb")
        self.CAPS = Caps(booleans=True, dates=True, json=native, arrays=native)
        # A read needs no BEGIN and ROLLBACK around it, which cost two round trips each.
        self._reading = engine.execution_options(isolation_level="AUTOCOMMIT") if native else engine

    # --- the tables -----------------------------------------------------------------------

    def init(self, schema: Schema) -> None:
        """Builds the tables of the auth configuration; called once, by ``BetterAuth``."""
        self.schema = schema
        for model, fields in schema.items():
            with_id = {"id": Field("string", required=True), **fields}
            self._tables[model] = Table(
                self._table_names.get(model, model),
                self.metadata,
                *(self._column(model, name, field) for name, field in with_id.items()),
            )

    def _column(self, model: str, name: str, field: Field) -> Column[Any]:
        renamed = self._column_names.get(model, {})
        return Column(
            renamed.get(name) or field.field_name or name,
            column_type(field, self.provider),
            key=name,
            primary_key=name == "id",
            nullable=not field.required,
        )

    async def check_schema(self) -> None:
        """Compares the tables with the database, until they once agree.

        Raises:
            SchemaMismatchError: the database lacks a table or a column, or wants one filled that
                better-auth does not know. Setup (``python3 scripts/setup.py``) adds what is
                missing.
        """
        async with self._checking:
            if self._schema_verdict is True:
                return
            with _outages(DBAPIError, TimeoutError, OSError):
                async with self._reading.connect() as connection:
                    found = await connection.run_sync(introspect, self._tables)
            findings = diff_schema(self.schema, found)
            if findings and self.advanced.validate_schema is not False:
                raise SchemaMismatchError(findings)
            self._schema_verdict = True

    # --- rows -----------------------------------------------------------------------------

    def _in(self, model: str, data: dict[str, Any], action: str) -> dict[str, Any]:
        row = super()._in(model, self._fitting(model, data), action)
        # The row that is handed back must be the one that a later read finds.
        return {
            name: to_milliseconds(value) if isinstance(value, datetime) else value
            for name, value in row.items()
        }

    def _fitting(self, model: str, data: dict[str, Any]) -> dict[str, Any]:
        """What of the data the table has, as better-auth's adapters take it."""
        fields = self.schema[model]
        row = {name: value for name, value in data.items() if name == "id" or name in fields}
        for name in fields.keys() & row.keys():
            if fields[name].transform_input is json.dumps:
                continue  # any value; its JSON text is what the column holds
            try:
                row[name] = fitting(row[name], fields[name], self._tables[model].c[name].type)
            except ValueError as error:
                message = f"[body.{name}] Invalid input: {error}"
                raise APIError(400, "VALIDATION_ERROR", message) from None
        return row

    def _row(self, model: str, row: Any, select: list[str] | None) -> dict[str, Any]:
        # Every statement of the stock adapter asks for all columns, in the order of the table.
        values = zip(self._tables[model].columns.keys(), row, strict=True)
        return self._out(model, dict(values), select)

    def _out(
        self, model: str, row: dict[str, Any], select: list[str] | None = None
    ) -> dict[str, Any]:
        result = super()._out(model, row, select)
        for name, field in self.schema[model].items():
            if name not in result:
                continue
            if field.type == "json" and isinstance(result[name], str):
                # prismaAdapter stores the JSON text of a value as a JSON string.
                with contextlib.suppress(ValueError):
                    result[name] = json.loads(result[name])
            elif field.type.endswith("[]") and result[name] is None and self.CAPS.arrays:
                # Prisma reads a list column that is NULL as an empty list.
                result[name] = []
        return result

    # --- statements -----------------------------------------------------------------------

    find_one = _checked(SQLAlchemyAdapter.find_one)
    find_many = _checked(SQLAlchemyAdapter.find_many)
    count = _checked(SQLAlchemyAdapter.count)
    update_many = _checked(SQLAlchemyAdapter.update_many)
    delete_many = _checked(SQLAlchemyAdapter.delete_many)

    @asynccontextmanager
    async def _connection(self, write: bool) -> AsyncIterator[AsyncConnection]:
        with _outages(DBAPIError, TimeoutError, OSError):
            transaction = self._active.get()
            if transaction is not None:
                yield transaction
                return
            opened = self.engine.begin() if write else self._reading.connect()
            async with opened as connection:
                yield connection

    async def transaction(self, callback: Callable[[BaseAdapter], Awaitable[_Result]]) -> _Result:
        """Commits what ``callback`` does, or nothing of it when it raises."""
        with _outages(DBAPIError, TimeoutError):
            return cast(_Result, await super().transaction(callback))

    @_checked
    async def create(
        self,
        model: str,
        data: dict[str, Any],
        *,
        select: list[str] | None = None,
        force_allow_id: bool = False,
    ) -> dict[str, Any]:
        """Inserts a row, and gives it back with all its columns, as a later read will.

        Raises:
            APIError: another request has just taken the same e-mail address, user name, telephone
                number or slug, or has used the same code of an application; 422 or 400, as
                better-auth answers it.
        """
        try:
            row = await super().create(model, data, force_allow_id=force_allow_id)
        except IntegrityError as error:
            lost = _LOST_RACES.get(model)
            if lost is None:
                raise
            raise lost() from error
        return self._out(model, dict.fromkeys(self._tables[model].columns.keys()) | row, select)

    @_checked
    async def update(
        self, model: str, where: list[Where], data: dict[str, Any]
    ) -> dict[str, Any] | None:
        """Changes a row, and gives it back; it may be told to change nothing."""
        if self._in(model, data, "update"):
            return await super().update(model, where, data)
        return await self.find_one(model, where)

    @_checked
    async def delete(self, model: str, where: list[Where]) -> None:
        """Deletes at most one row."""
        if self.provider != "mysql":
            await super().delete(model, where)
        elif where:
            # MySQL refuses the stock DELETE … WHERE id IN (SELECT … LIMIT 1), error 1235.
            await self.consume_one(model, where)

    @_checked
    async def consume_one(self, model: str, where: list[Where]) -> dict[str, Any] | None:
        """Deletes a row and gives it back, to one of those who ask for it at the same time."""
        if self.provider != "mysql":
            return await super().consume_one(model, where)
        table = self._table(model)
        async with self._connection(write=True) as connection:
            row = await self._locked_row(connection, table, where)
            if row is not None:
                await connection.execute(table.delete().where(table.c.id == row.id))
        return None if row is None else self._row(model, row, None)

    @_checked
    async def increment_one(
        self,
        model: str,
        where: list[Where],
        increment: dict[str, Any] | None = None,
        set: dict[str, Any] | None = None,
    ) -> dict[str, Any] | None:
        """Adds to the numbers of a row that still fits, also when many do so at the same time."""
        if self.provider != "mysql":
            return await super().increment_one(model, where, increment, set)
        table = self._table(model)
        added = check_increment(increment, set)
        async with self._connection(write=True) as connection:
            row = await self._locked_row(connection, table, where)
            if row is None:
                return None
            changed = self._in(model, set, "update") if set is not None else {}
            changed |= {
                name: (row._mapping[table.c[name]] or 0) + delta for name, delta in added.items()
            }
            await connection.execute(table.update().where(table.c.id == row.id).values(**changed))
            statement = table.select().where(table.c.id == row.id)
            return self._row(model, (await connection.execute(statement)).one(), None)

    async def _locked_row(
        self, connection: AsyncConnection, table: Table, where: list[Where]
    ) -> Row[Any] | None:
        """A row that fits, and that nobody else changes until the transaction ends.

        It is locked by its id: MySQL locks gaps when it looks by any other index, and two who
        delete and insert in the same gap run into a deadlock.
        """
        fits = self._condition(table, where)
        fitting = true() if fits is None else fits
        id = await connection.scalar(select(table.c.id).where(fitting).limit(1))
        statement = table.select().where(table.c.id == id, fitting).with_for_update()
        return (await connection.execute(statement)).first()

    def _native(self, returning: bool) -> bool:
        return returning and self.provider in _WITH_RETURNING
