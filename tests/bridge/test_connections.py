"""Connections that break, or that there are too few of."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from better_auth import BetterAuth, Where
from better_auth.types import APIError
from better_auth_prisma import connections, create_prisma_engine, prisma_adapter
from better_auth_prisma.session_store import PrismaSessionStore
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from hooks.demo import free_port
from tests.bridge.configurations import configure
from tests.bridge.conftest import PROVIDERS, Database

NOBODY = [Where("id", "nobody")]
CUT_OFF = {
    "postgresql": "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE pid <> pg_backend_pid() AND datname = current_database()",
    "mysql": "SELECT CONCAT('KILL ', id) FROM information_schema.processlist"
    " WHERE id <> CONNECTION_ID() AND user = 'bridge'",
}
SERVERS = [provider for provider in PROVIDERS if provider != "sqlite"]


@pytest.fixture
def auth(engine: AsyncEngine, database: Database) -> BetterAuth:
    return configure(prisma_adapter(engine, provider=database.provider))


async def cut_off(database: Database) -> None:
    """Has the server close all connections to the database."""
    for (statement,) in await database.sql(CUT_OFF[database.provider]):
        if isinstance(statement, str):
            await database.sql(statement)
    await asyncio.sleep(0.1)


@pytest.mark.parametrize("database", SERVERS, indirect=True)
async def test_a_connection_that_the_server_closed_is_replaced(
    auth: BetterAuth, database: Database
) -> None:
    await asyncio.gather(*(auth.adapter.count("user", NOBODY) for _ in range(5)))
    await cut_off(database)
    counts = await asyncio.gather(*(auth.adapter.count("user", NOBODY) for _ in range(10)))
    assert counts == [0] * 10


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_a_busy_connection_is_not_asked_whether_it_lives(
    auth: BetterAuth, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    ping = engine.dialect.do_ping

    def note(connection: Any) -> bool:
        asked.append(connection)
        return ping(connection)

    monkeypatch.setattr(engine.dialect, "do_ping", note)
    for _ in range(3):
        await auth.adapter.count("user", NOBODY)
    assert not asked
    monkeypatch.setattr(connections, "_IDLE_SECONDS", 0)
    assert await auth.adapter.count("user", NOBODY) == 0
    assert len(asked) == 1


@pytest.mark.parametrize("database", SERVERS, indirect=True)
async def test_a_connection_that_breaks_in_use(auth: BetterAuth, database: Database) -> None:
    async def work(adapter: Any) -> None:
        await adapter.count("user", NOBODY)
        await cut_off(database)
        await adapter.count("user", NOBODY)

    with pytest.raises(APIError) as refused:
        await auth.adapter.transaction(work)
    assert (refused.value.status, refused.value.code) == (503, "SERVICE_UNAVAILABLE")
    assert await auth.adapter.count("user", NOBODY) == 0


@pytest.mark.parametrize("provider", ["postgresql", "mysql"])
async def test_a_server_that_is_not_there(database: Database, provider: str) -> None:
    url = f"{provider}://app:geheim@127.0.0.1:{free_port()}/app"
    engine = create_prisma_engine(url, provider=provider, root=database.folder)
    auth = configure(prisma_adapter(engine, provider=provider))
    with pytest.raises(APIError) as refused:
        await auth.adapter.count("user", NOBODY)
    assert refused.value.status == 503 and "geheim" not in str(refused.value)
    await engine.dispose()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_too_few_connections(database: Database) -> None:
    url = f"{database.url}?connection_limit=1&pool_timeout=1"
    engine = create_prisma_engine(url, provider="postgresql", root=database.folder)
    adapter = prisma_adapter(engine, provider="postgresql")
    configure(adapter)
    await adapter.check_schema()
    # Who waits gets one in turn, as long as it takes no longer than pool_timeout.
    assert await asyncio.gather(*(adapter.count("user", NOBODY) for _ in range(50))) == [0] * 50

    async with engine.connect():
        with pytest.raises(APIError) as refused:
            await adapter.count("user", NOBODY)
    assert refused.value.status == 503
    await engine.dispose()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_sessions_are_read_whatever_became_of_the_connections(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{database.url}?connection_limit=2&pool_timeout=5"
    engine = create_prisma_engine(url, provider="postgresql", root=database.folder)
    adapter = prisma_adapter(engine, provider="postgresql")
    configure(adapter)
    store = PrismaSessionStore(adapter)

    async def read() -> None:
        found = await asyncio.gather(*(store.fetch_session_by_token("x") for _ in range(20)))
        assert found == [None] * 20

    await read()  # none is there yet, and then too few
    await cut_off(database)
    await read()
    monkeypatch.setattr(connections, "_IDLE_SECONDS", 0)
    await read()
    await read()
    await engine.dispose()


async def test_the_tables_are_looked_at_once(engine: AsyncEngine, database: Database) -> None:
    statements: list[str] = []
    adapter = prisma_adapter(engine, provider=database.provider)
    configure(adapter)

    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    await adapter.check_schema()
    once = len(statements)
    other = prisma_adapter(engine, provider=database.provider)
    configure(other)
    await asyncio.gather(*(other.count("user", NOBODY) for _ in range(10)))
    assert len(statements) == 2 * once + 10


async def test_an_error_does_not_tell_what_was_written(auth: BetterAuth) -> None:
    row = {"token": "geheim", "userId": "nobody", "expiresAt": datetime.now(UTC)}
    with pytest.raises(IntegrityError) as failed:
        await auth.adapter.create("session", row)
    assert "geheim" not in str(failed.value)
