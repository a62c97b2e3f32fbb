"""The test database has the schema's tables, whatever happened to it or to the schema."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator

import pytest

from hooks.node import environment
from tests.project.bench import LAST, SCHEMA, Bench, add
from tests.project.projects import Project
from tests.project.same_database import Way, each_way_to_write_it
from tests.wrapped import unwrapped

pytestmark = pytest.mark.e2e

NOTE = "\nmodel Note {\n  id Int @id\n}\n"


@pytest.fixture
def bench(set_up: Callable[[str], Project]) -> Iterator[Bench]:
    project = set_up("python")
    schema = (project.folder / SCHEMA).read_text()
    yield Bench(project)
    (project.folder / SCHEMA).write_text(schema)


def run(bench: Bench, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [".venv/bin/better-auth-setup", "test-database", "--", *command],
        cwd=bench.project.folder,
        env=environment(DATABASE_URL=bench.url, **variables),
        capture_output=True,
        text=True,
    )


def done(bench: Bench, **variables: str) -> str:
    """Runs a command that must succeed; returns the URL that it got."""
    show = "import os; print(os.environ['DATABASE_URL'])"
    result = run(bench, ".venv/bin/python", "-c", show, **variables)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def columns(bench: Bench, url: str) -> set[str]:
    sql = "SELECT column_name FROM information_schema.columns WHERE table_name = 'user'"
    return {name for (name,) in bench.sql(sql, url=url)}


def test_the_test_database_follows_the_schema_and_the_development_database_stays(
    bench: Bench,
) -> None:
    bench.people()
    before = bench.rows()
    url = done(bench)
    assert url == f"{bench.url}_test"
    assert "email" in columns(bench, url)
    assert bench.sql('SELECT count(*) FROM "user"', url=url) == [(0,)]

    # Without changes, the tables are only compared.
    prisma = bench.project.folder / "node_modules" / "prisma"
    prisma.rename(prisma.with_name("away"))
    try:
        assert done(bench) == url
        assert run(bench, "false").returncode == 1
    finally:
        prisma.with_name("away").rename(prisma)

    # Leftover rows of a test do not stop it.
    bench.sql(
        """INSERT INTO "user" (id, name, email, "updatedAt") VALUES ('1','A','a',now())""", url=url
    )
    bench.write(add("User", "nickname String"), (LAST, LAST + NOTE))
    done(bench)
    assert "nickname" in columns(bench, url)
    assert bench.sql('SELECT count(*) FROM "Note"', url=url) == [(0,)]

    bench.sql('ALTER TABLE "user" DROP COLUMN name', "CREATE TABLE mine (id INTEGER)", url=url)
    done(bench)
    assert "name" in columns(bench, url)
    assert bench.sql("SELECT to_regclass('mine')", url=url) == [(None,)]

    bench.sql(f'DROP DATABASE "{url.rpartition("/")[2]}"')
    done(bench)
    assert "nickname" in columns(bench, url)
    assert bench.rows() == before and "nickname" not in columns(bench, bench.url)


@each_way_to_write_it
def test_the_development_database_is_refused_for_tests(bench: Bench, way: Way) -> None:
    own = run(bench, "true", TEST_DATABASE_URL=way(bench.url))
    assert own.returncode == 1 and "names the database of DATABASE_URL" in unwrapped(own.stderr)
    assert bench.url.split(":")[2].split("@")[0] not in own.stderr


def test_a_database_with_foreign_tables_is_refused_for_tests(bench: Bench) -> None:
    other = bench.copied_url()
    bench.sql("CREATE TABLE mine (id INTEGER)", url=other)
    refused = run(bench, "true", TEST_DATABASE_URL=other)
    assert refused.returncode == 1 and "the table mine" in unwrapped(refused.stderr)
    password = other.split(":")[2].split("@")[0]
    assert password not in refused.stderr
    assert bench.sql("SELECT count(*) FROM mine", url=other) == [(0,)]

    bench.sql("DROP TABLE mine", url=other)
    assert done(bench, TEST_DATABASE_URL=other) == other


def test_parallel_test_processes_share_the_test_database(bench: Bench) -> None:
    processes = [
        subprocess.Popen(
            [".venv/bin/better-auth-setup", "test-database", "--", "true"],
            cwd=bench.project.folder,
            env=environment(DATABASE_URL=bench.url),
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    assert [process.communicate()[1] for process in processes] == ["", "", ""]
    assert "email" in columns(bench, f"{bench.url}_test")
