"""Databases with the tables of a project."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import pytest
from better_auth_prisma import create_prisma_engine, embedded_postgres
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.bridge.databases import prisma_schema, push

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
        connection = await asyncpg.connect(self.url)
        try:
            return [tuple(row) for row in await connection.fetch(statement)]
        finally:
            await connection.close()


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


@pytest.fixture(params=["postgresql", "sqlite"])
def database(request: pytest.FixtureRequest) -> Database:
    """Each database in turn."""
    found: Database = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def engine(database: Database) -> AsyncIterator[AsyncEngine]:
    engine = database.engine()
    yield engine
    await engine.dispose()
