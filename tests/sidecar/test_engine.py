"""The SQLAlchemy engine for the owner's tables, from Prisma's URL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from better_auth_sidecar.database_url import DatabaseUrlError
from better_auth_sidecar.engine import create_engine
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from tests.project.workshop import Workshop


@pytest.fixture(scope="module")
def postgresql(workshop: Workshop) -> str:
    return workshop.database()


async def _rows(engine: Any, statement: str) -> list[tuple[Any, ...]]:
    async with engine.begin() as connection:
        result = await connection.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


async def test_postgresql(postgresql: str) -> None:
    engine = create_engine(f"{postgresql}?application_name=own&connection_limit=2")
    query = "SELECT current_setting('application_name'), current_schema()"
    assert await _rows(engine, query) == [("own", "public")]
    assert engine.pool.size() == 2  # type: ignore[attr-defined]
    await engine.dispose()
    assert "@" not in repr(engine)


@pytest.mark.parametrize("more", ["", "&pgbouncer=true"])
async def test_the_schema_parameter_sets_the_search_path(postgresql: str, more: str) -> None:
    from sqlalchemy import Column, Integer, MetaData, Table, insert, select

    table = Table("own", MetaData(), Column("id", Integer, primary_key=True))
    engine = create_engine(SecretStr(f"{postgresql}?schema=My%20Schema{more}"))
    await _rows(engine, 'CREATE SCHEMA IF NOT EXISTS "My Schema"')
    async with engine.begin() as connection:
        await connection.run_sync(table.metadata.drop_all)
        await connection.run_sync(table.metadata.create_all)
        await connection.execute(insert(table).values(id=1))
        assert (await connection.execute(select(table.c.id))).scalars().all() == [1]
    assert await _rows(engine, 'SELECT id FROM "My Schema".own') == [(1,)]
    await engine.dispose()


async def test_pgbouncer_gets_no_named_statements(postgresql: str) -> None:
    engine = create_engine(f"{postgresql}?pgbouncer=true&connection_limit=1")
    for _ in range(3):
        assert await _rows(engine, "SELECT 1") == [(1,)]
    named = "SELECT count(*) FROM pg_prepared_statements WHERE name <> ''"
    assert await _rows(engine, named) == [(0,)]
    await engine.dispose()


async def test_parameters_of_a_failed_statement_stay_out_of_the_log(postgresql: str) -> None:
    engine = create_engine(postgresql)
    async with engine.connect() as connection:
        with pytest.raises(DBAPIError, match="division by zero") as caught:
            await connection.execute(text("SELECT 1 / 0, CAST(:p AS text)"), {"p": "geheim"})
        assert "geheim" not in str(caught.value)
    await engine.dispose()


async def test_sqlite_enforces_foreign_keys(tmp_path: Path) -> None:
    engine = create_engine("file:my data.db", root=tmp_path)
    await _rows(engine, "CREATE TABLE a (id INTEGER PRIMARY KEY)")
    await _rows(engine, "CREATE TABLE b (a INTEGER NOT NULL REFERENCES a)")
    with pytest.raises(IntegrityError):
        await _rows(engine, "INSERT INTO b VALUES (1)")
    await engine.dispose()
    assert (tmp_path / "my data.db").exists()


def test_mysql() -> None:
    engine = create_engine("mysql://me:x@db/app?connection_limit=3&socket=/run/mysqld.sock")
    assert engine.url.drivername == "mysql+aiomysql"
    assert engine.pool.size() == 3  # type: ignore[attr-defined]


def test_sql_server_has_no_driver() -> None:
    with pytest.raises(DatabaseUrlError, match="Use Prisma"):
        create_engine("sqlserver://localhost;database=app;user=sa;password=geheim")
