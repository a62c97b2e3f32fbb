"""From `db push` to migrations: the baseline, and applying pending migrations.

`make test` has less of it, on SQLite: ``sqlite_migrations``.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pexpect
import pytest

from hooks.demo import STACKS
from hooks.node import NODE, environment
from tests.project.bench import Bench, add
from tests.project.projects import NO_AGENT, sentence

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.exhaustive,
    pytest.mark.parametrize("stack", STACKS, scope="module"),
]

CLI = {
    "python": ".venv/bin/better-auth-setup prisma",
    "typescript": f"{NODE / 'bin' / 'node'} node_modules/prisma/build/index.js",
}


#: What others add to a database, and no migration makes.
FOREIGN = (
    "CREATE TYPE mood AS ENUM ('SAD')",
    "CREATE TABLE billing (id INTEGER PRIMARY KEY, mood mood)",
    'ALTER TABLE "user" ADD COLUMN "first name" TEXT, ADD COLUMN bill INTEGER REFERENCES billing',
    'CREATE INDEX by_name ON "user" (name, email)',
)


@pytest.fixture
def no_migrations(bench: Bench) -> Iterator[None]:
    yield
    shutil.rmtree(bench.project.folder / "prisma" / "migrations", ignore_errors=True)


def prisma(bench: Bench, stack: str, arguments: str, url: str = "") -> str:
    """Runs the CLI in a terminal; it must succeed; returns its output."""
    program, *rest = [*CLI[stack].split(), *arguments.split()]
    terminal = pexpect.spawn(
        str(bench.project.folder / program),
        rest,
        cwd=str(bench.project.folder),
        env=environment(DATABASE_URL=url or bench.url, **NO_AGENT),
        encoding="utf-8",
        timeout=120,
    )
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0, terminal.before
    return str(terminal.before)


@pytest.mark.usefixtures("no_migrations")
def test_a_project_switches_to_migrations(bench: Bench, stack: str) -> None:
    production = bench.copied_url()
    bench.people()
    before = bench.rows()
    started = bench.done("--start-migrations")
    assert "prisma/migrations/0_init creates the present tables" in started
    assert "migrate resolve --applied 0_init" in started
    migrations = bench.project.folder / "prisma" / "migrations"
    assert sorted(path.name for path in migrations.iterdir()) == ["0_init", "migration_lock.toml"]

    # PostgreSQL writes such a default in another way.
    code = "code String @default(dbgenerated(\"lower('ABC')\"))"
    bench.write(add("User", "nickname String?", code))
    result = bench.setup()
    assert "prisma/schema.prisma has changes without a migration" in result.stderr
    assert "added column nickname" in result.stderr
    prisma(bench, stack, "migrate dev --name nickname")
    (name,) = [path.name for path in migrations.glob("*_nickname")]
    assert bench.rows() == before
    bench.sql(*FOREIGN)
    assert bench.setup("--check").returncode == 0
    bench.write(("lower('ABC')", "upper('abc')"), ("  nickname String?\n", ""))
    unwritten = bench.setup().stderr
    assert "changes user: removed column nickname; altered column code" in unwritten
    assert "removed tables" not in unwritten and "removed enums" not in unwritten
    bench.write(("  code String", "  nickname String?\n  code String"))
    bench.write(("upper('abc')", "lower('ABC')"))

    new = bench.another_url()
    assert f"Migrations applied: 0_init, {name}" in bench.done(url=new)
    assert bench.sql('SELECT nickname FROM "user"', url=new) == []

    refused = sentence(bench.setup(url=production))
    assert "tables, but no record of migrations" in refused
    _, _, command = refused.rpartition("prisma")
    prisma(bench, stack, command.strip(), production)
    assert f"Pending migrations: {name}." in bench.checked(url=production)
    assert f"Migrations applied: {name}" in bench.done(url=production)
    assert sentence(bench.setup("--start-migrations")).endswith(
        "The project has migrations already; see prisma/migrations."
    )
