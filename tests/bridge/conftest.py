"""Databases with the tables of a project."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiomysql  # type: ignore[import-untyped]
import asyncpg  # type: ignore[import-untyped]
import pytest
from better_auth_prisma import create_prisma_engine
from better_auth_setup import embedded_postgres
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.bridge import mariadb
from tests.bridge.databases import prisma_schema, push
from tests.bridge.mysql_tables import create_tables

FEATURES = [
    "username",
    "admin",
    "two-factor",
    "organization",
    "organization-teams",
    "jwt",
    "api-key",
    "passkey",
    "rate-limit",
]


@dataclass(frozen=True)
class Database:
    """A database with the tables of `FEATURES`."""

    provider: str
    url: str
    folder: Path

    def engine(self) -> AsyncEngine:
        return create_prisma_engine(self.url, provider=self.provider, root=self.folder)

    async def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """Runs a statement past the adapter, as another program would."""
        if self.provider == "sqlite":
            with closing(sqlite3.connect(self.folder / "test.db")) as connection, connection:
                return connection.execute(statement).fetchall()
        return await run_sql(self.provider, self.url, statement)


async def run_sql(provider: str, url: str, *statements: str) -> list[tuple[Any, ...]]:
    """Runs statements on a server; gives the rows of the last one."""
    if provider == "mysql":
        return await _ask_mysql(url, statements)
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            rows = await connection.fetch(statement)
        return [tuple(row) for row in rows]
    finally:
        await connection.close()


async def _ask_mysql(url: str, statements: Sequence[str]) -> list[tuple[Any, ...]]:
    parts = make_url(url)
    connection = await aiomysql.connect(
        host=parts.host,
        port=parts.port,
        user=parts.username,
        password=parts.password,
        db=parts.database,
        charset="utf8mb4",
        sql_mode="'ANSI_QUOTES,STRICT_ALL_TABLES'",
        autocommit=True,
    )
    try:
        async with connection.cursor() as cursor:
            for statement in statements:
                await cursor.execute(statement)
            return list(await cursor.fetchall())
    finally:
        connection.close()


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a database on a real PostgreSQL."""
    folder = tmp_path_factory.mktemp("postgresql")
    yield embedded_postgres.create(folder, "bridge")
    embedded_postgres.stop(folder)


@pytest.fixture(scope="session")
def postgresql(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> Database:
    folder = tmp_path_factory.mktemp("push")
    push(prisma_schema("postgresql", [*FEATURES, "oauth-provider"]), postgresql_server, folder)
    return Database("postgresql", postgresql_server, folder)


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Database:
    folder = tmp_path_factory.mktemp("sqlite")
    push(prisma_schema("sqlite", FEATURES), f"file:{folder / 'test.db'}", folder)
    return Database("sqlite", "file:./test.db", folder)


@pytest.fixture(scope="session")
def mariadb_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a database on a real MariaDB."""
    with mariadb.running(tmp_path_factory.mktemp("mariadb")) as url:
        yield url


@pytest.fixture(scope="session")
def mysql(mariadb_server: str, tmp_path_factory: pytest.TempPathFactory) -> Database:
    statements = create_tables(prisma_schema("mysql", FEATURES))
    asyncio.run(run_sql("mysql", mariadb_server, *statements))
    return Database("mysql", mariadb_server, tmp_path_factory.mktemp("mysql"))


#: For tests that run on each of them.
PROVIDERS = ["postgresql", "sqlite", pytest.param("mysql", marks=pytest.mark.mariadb)]


@pytest.fixture(params=PROVIDERS)
def database(request: pytest.FixtureRequest) -> Database:
    """Each database in turn."""
    found: Database = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def engine(database: Database) -> AsyncIterator[AsyncEngine]:
    engine = database.engine()
    yield engine
    await engine.dispose()
