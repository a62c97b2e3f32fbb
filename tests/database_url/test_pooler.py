"""PgBouncer in transaction mode and in session mode."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from better_auth_sidecar import connect
from better_auth_sidecar.engine import create_engine
from sqlalchemy import text

from tests.database_url.server import pgbouncer
from tests.project.typescript import run_node, serving
from tests.project.workshop import Workshop
from tests.setup.npm_project import NpmProject, npm_project

PLACE = "DATABASE_URL in .env.local"
#: What setup runs before a push.
COMPARE = """
const src = "./packages/better-auth-setup/src";
const { locate } = await import(`${src}/schema.ts`);
const { difference } = await import(`${src}/difference.ts`);
await locate();
await difference().catch(({ message }) => console.log(message));
"""


@pytest.fixture(scope="module")
def database(workshop: Workshop) -> str:
    return workshop.database()


@pytest.fixture(scope="module")
def pooler(database: str) -> Iterator[str]:
    with pgbouncer(database) as url:
        yield url


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> NpmProject:
    return npm_project(tmp_path_factory.mktemp("typescript") / "project")


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ("", "Add pgbouncer=true to DATABASE_URL in .env.local: a pooler in transaction mode"),
        ("?pgbouncer=true", ""),
        ("?statement_cache_size=0", ""),
        ("?pgbouncer=true&options=-c%20x.y%3D1", "Remove options= from DATABASE_URL in .env.local"),
        ("?pgbouncer=true&statement_timeout=9", "Remove statement_timeout= from DATABASE_URL in "),
    ],
)
def test_setup_reports_a_transaction_pooler(
    pooler: str, tmp_path: Path, parameters: str, sentence: str
) -> None:
    problem = connect.problem(f"{pooler}{parameters}", tmp_path, PLACE)
    assert problem.startswith(sentence) and bool(problem) == bool(sentence), problem


def test_session_pooling_needs_no_parameter(database: str, tmp_path: Path) -> None:
    assert connect.problem(database, tmp_path, PLACE) == ""
    with pgbouncer(database, "session") as url:
        assert connect.problem(url, tmp_path, PLACE) == ""


async def test_own_tables_work_behind_a_pooler(pooler: str) -> None:
    engine = create_engine(f"{pooler}?pgbouncer=true&schema=own")

    async def ask(number: int) -> int:
        async with engine.connect() as connection:
            result = await connection.execute(text("SELECT :n + 0"), {"n": number})
            return int(result.scalar_one())

    assert await asyncio.gather(*map(ask, range(50))) == [*range(50)]
    await engine.dispose()


def test_a_typescript_project_works_behind_a_pooler(
    project: NpmProject, database: str, pooler: str
) -> None:
    url = f"{pooler}?pgbouncer=true&connection_limit=5&schema=own"
    refused = run_node(project.folder, "--input-type=module", "--eval", COMPARE, DATABASE_URL=url)
    assert refused.startswith("Set DIRECT_URL to the database's URL past the pooler")
    direct = f"{database}?schema=own"
    assert "tables updated" in project.done("setup", DATABASE_URL=url, DIRECT_URL=direct)
    with serving(project.folder, DATABASE_URL=url) as server:
        for _ in range(3):
            server.browser().sign_up()
    assert project.sql("SELECT count(*)::int FROM own.user", url=database) == [(3,)]
