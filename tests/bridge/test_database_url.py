"""A DATABASE_URL of Prisma's becomes an engine of SQLAlchemy's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from better_auth_prisma import DatabaseUrlError, create_prisma_engine
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from tests.bridge.conftest import Database

ROOT = Path("/project")
POSTGRESQL = "postgresql://me:p%40ss%2Fword@db.example.com:6543/app"


def connect_arguments(url: str) -> dict[str, Any]:
    """What the driver is called with."""
    engine = create_prisma_engine(url, provider="postgresql", root=ROOT)
    seen: dict[str, Any] = {}

    def stop_here(*arguments: Any, **options: Any) -> None:
        seen.update(options)
        raise ConnectionAbortedError

    engine.dialect.connect = stop_here  # type: ignore[assignment, method-assign]
    with pytest.raises(OperationalError):
        engine.sync_engine.connect()
    return seen


def test_the_server_and_who_connects() -> None:
    engine = create_prisma_engine(POSTGRESQL, provider="postgresql", root=ROOT)
    url = engine.url
    assert (url.host, url.port, url.database) == ("db.example.com", 6543, "app")
    assert (url.username, url.password) == ("me", "p@ss/word")
    assert "p@ss" not in repr(engine) and "p%40ss" not in repr(engine)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ("schema=auth", {"server_settings": {"search_path": '"auth"'}}),
        ("sslmode=require", {"dsn": "postgresql://?sslmode=require"}),
        (
            "sslmode=verify-full&sslrootcert=/ca.pem",
            {"dsn": "postgresql://?sslmode=verify-full&sslrootcert=%2Fca.pem"},
        ),
        ("sslaccept=strict", {"dsn": "postgresql://?sslmode=verify-full"}),
        ("connect_timeout=3", {"timeout": 3.0}),
        ("socket_timeout=9", {"command_timeout": 9.0}),
        ("application_name=app", {"server_settings": {"application_name": "app"}}),
        ("pgbouncer=true", {"statement_cache_size": 0, "prepared_statement_cache_size": 0}),
    ],
)
def test_parameters_of_postgresql(parameters: str, expected: dict[str, Any]) -> None:
    arguments = connect_arguments(f"{POSTGRESQL}?{parameters}")
    assert {name: arguments.get(name) for name in expected} == expected


def test_the_size_of_the_pool() -> None:
    url = f"{POSTGRESQL}?connection_limit=3&pool_timeout=7"
    pool: Any = create_prisma_engine(url, provider="postgresql", root=ROOT).pool
    assert (pool.size(), pool._timeout) == (3, 7)


def test_mysql() -> None:
    url = "mysql://me:x@db/app?connection_limit=3&socket=/run/mysqld.sock&sslaccept=strict"
    engine = create_prisma_engine(url, provider="mysql", root=ROOT)
    assert engine.url.drivername == "mysql+aiomysql"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("file:./dev.db", "/project/dev.db"),
        ("file:data/dev.db", "/project/data/dev.db"),
        ("file:/var/lib/app.db?connection_limit=1", "/var/lib/app.db"),
        ("file:///var/lib/app.db", "/var/lib/app.db"),
    ],
)
def test_a_file_is_found_from_the_project(url: str, path: str) -> None:
    assert create_prisma_engine(url, provider="sqlite", root=ROOT).url.database == path


@pytest.mark.parametrize(
    ("provider", "url", "complaint"),
    [
        ("postgresql", "mysql://me:geheim@db/app", "starts with postgresql: or postgres:"),
        ("postgresql", "postgresql://me:geheim@db:x/app", "cannot be parsed"),
        ("postgresql", f"{POSTGRESQL}?conection_limit=3", "parameter conection_limit"),
        ("postgresql", f"{POSTGRESQL}?connection_limit=many", "no whole number: many"),
        ("mysql", "postgresql://me:geheim@db/app", "starts with mysql:"),
        ("sqlite", "file:?x=1", "names no file"),
        ("sqlite", "", "starts with file:"),
    ],
)
def test_what_cannot_be_used_is_named(provider: str, url: str, complaint: str) -> None:
    with pytest.raises(DatabaseUrlError, match=complaint) as caught:
        create_prisma_engine(url, provider=provider, root=ROOT)
    assert "geheim" not in str(caught.value)


async def test_a_connection_uses_the_schema_of_the_url(postgresql: Database) -> None:
    await postgresql.sql('CREATE SCHEMA IF NOT EXISTS "My Schema"')
    url = f"{postgresql.url}?schema=My%20Schema&sslmode=disable&application_name=bridge"
    engine = create_prisma_engine(url, provider="postgresql", root=ROOT)
    async with engine.connect() as connection:
        query = text("SELECT current_schema(), current_setting('application_name')")
        assert (await connection.execute(query)).one() == ("My Schema", "bridge")
    await engine.dispose()


async def test_a_pooler_gets_no_named_statements(postgresql: Database) -> None:
    url = f"{postgresql.url}?pgbouncer=true"
    engine = create_prisma_engine(url, provider="postgresql", root=ROOT)
    async with engine.connect() as connection:
        for _ in range(3):
            await connection.execute(text("SELECT 1"))
        named = await connection.execute(
            text("SELECT count(*) FROM pg_prepared_statements WHERE name <> ''")
        )
        assert named.scalar() == 0
    await engine.dispose()


async def test_sqlite_keeps_foreign_keys(sqlite: Database) -> None:
    engine = sqlite.engine()
    async with engine.connect() as connection:
        assert (await connection.execute(text("PRAGMA foreign_keys"))).scalar() == 1
    await engine.dispose()
