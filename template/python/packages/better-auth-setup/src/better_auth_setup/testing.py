"""A test database with the schema's tables, apart from the development database."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

from better_auth_setup import embedded_postgres
from better_auth_setup.database import identity
from better_auth_setup.difference import difference
from better_auth_setup.locks import lock
from better_auth_setup.prisma import Engine, Prisma
from better_auth_setup.problem import Problem
from better_auth_setup.project import Project
from better_auth_setup.providers import Provider
from better_auth_setup.push import is_done
from better_auth_setup.settings import Settings

_WAIT_SECONDS = 120
_CONNECT_SECONDS = 5
#: Lists columns and indexes, a line each.
_TABLES = """
SELECT concat_ws(' ', table_name, column_name, udt_name, is_nullable, column_default)
FROM information_schema.columns WHERE table_schema = $1
UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = $1
UNION ALL SELECT concat_ws(' ', t.typname, e.enumlabel) FROM pg_enum e
JOIN pg_type t ON t.oid = e.enumtypid JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE n.nspname = $1 ORDER BY 1
"""


def test_database(root: Path) -> str:
    """Creates the test database, or updates its tables to the Prisma schema.

    TEST_DATABASE_URL names it; the default is the database of DATABASE_URL with ``_test`` after its
    name. If nothing has changed since the last run, it only reads the list of tables.

    Args:
        root: the project's folder.

    Returns:
        The test database's URL.

    Raises:
        Problem: it cannot be created, or it is not a test database.
    """
    project = Project.at(root)
    settings = Settings(project.root)
    embedded_postgres.ensure_running(project.root, settings.get("DATABASE_URL"))
    url, direct = _test_urls(project, settings)
    schema = hashlib.sha256(project.schema_text().encode()).hexdigest()
    known = _Known(project.cache, url)
    if known.is_as_left(schema, _tables(project, url)):
        return url
    # pytest-xdist runs several processes at once.
    refusal = "Another process has been updating the test database for two minutes; end it first."
    file = lock(project.root / "package.json", _WAIT_SECONDS, refusal)
    try:
        tables = _tables(project, url)
        if not known.is_as_left(schema, tables):
            urls = {"DATABASE_URL": url, "DIRECT_URL": direct}
            _push(Prisma(project, {**settings.variables(), **urls}), known)
            known.remember(schema, _tables(project, url))
    finally:
        os.close(file)
    return url


def _test_urls(project: Project, settings: Settings) -> tuple[str, str]:
    """The URL of the test database, and the direct URL for Prisma's CLI."""
    if named := settings.get("TEST_DATABASE_URL"):
        tested = identity(project, settings, "TEST_DATABASE_URL")
        for name in filter(settings.get, ("DATABASE_URL", "DIRECT_URL")):
            if identity(project, settings, name) == tested:
                raise Problem(
                    f"{settings.place('TEST_DATABASE_URL')} names the database of {name}; name "
                    "another one, as tests delete what is in it."
                )
        return named, named
    own = settings.get("DATABASE_URL")
    if not own:
        raise Problem("DATABASE_URL is empty. Run: python3 scripts/setup.py")
    direct = settings.direct_url or own
    return _test_url(own, project.provider), _test_url(direct, project.provider)


def _test_url(own: str, provider: Provider) -> str:
    """The URL of the database with ``_test`` after its name."""
    if provider.form == "properties":
        url, count = re.subn(r"(?i)(;\s*(?:database|initial catalog)=[^;]+)", r"\1_test", own)
        if not count:
            raise Problem("DATABASE_URL names no database; add ;database=… to it.")
        return url
    address, question, query = own.partition("?")
    if provider.is_file:
        suffix = Path(address).suffix
        return f"{address.removesuffix(suffix)}_test{suffix}{question}{query}"
    return f"{address}_test{question}{query}"


def _push(prisma: Prisma, known: _Known) -> None:
    """Pushes the schema to the test database.

    Raises:
        Problem: Prisma cannot push it, or there are tables of another program.
    """
    Engine(prisma).choose()
    changes = difference(prisma)
    if not changes:
        return
    if changes.dropped and not known.is_known:
        raise Problem(
            f"The database for tests has more than {prisma.project.schema}: "
            f"{', '.join(changes.dropped)}. Empty it, or name another one in TEST_DATABASE_URL."
        )
    result = prisma.run("db", "push", "--accept-data-loss")
    if not is_done(result) and known.is_known:
        # Rows of earlier tests may prevent a new required column.
        result = prisma.run("db", "push", "--force-reset")
    if not is_done(result):
        raise prisma.failure("db push", result)


class _Known:
    """The recorded state of a test database after the last push."""

    def __init__(self, cache: Path, url: str) -> None:
        name = hashlib.sha256(url.encode()).hexdigest()[:16]
        self._path = cache / f"test-database-{name}.json"

    @property
    def is_known(self) -> bool:
        """Whether its tables were created by a push of ours."""
        return self._path.exists()

    def is_as_left(self, schema: str, tables: str) -> bool:
        """Whether schema and tables are unchanged since then; False if they cannot be read."""
        try:
            return bool(tables) and json.loads(self._path.read_text()) == [schema, tables]
        except (OSError, ValueError):
            return False

    def remember(self, schema: str, tables: str) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps([schema, tables]))


def _tables(project: Project, url: str) -> str:
    """A digest of the database's tables; empty if it cannot be read without Prisma."""
    try:
        if project.provider.is_file:
            lines = _sqlite_tables(project.root / url.removeprefix("file:").partition("?")[0])
        elif project.provider.protocol == "PostgreSQL":
            # In a thread, because the caller may run inside an event loop.
            with ThreadPoolExecutor(1) as thread:
                lines = thread.submit(asyncio.run, _postgresql_tables(url, project.root)).result()
        else:
            return ""
    except Exception:
        # Prisma meets the same error, and reports it.
        return ""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest() if lines else ""


def _sqlite_tables(path: Path) -> list[str]:
    with sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True) as connection:
        rows = connection.execute("SELECT sql FROM sqlite_master ORDER BY name, type").fetchall()
    connection.close()
    return [str(row[0]) for row in rows]


async def _postgresql_tables(url: str, root: Path) -> list[str]:
    import asyncpg  # type: ignore[import-untyped]
    from better_auth_sidecar.database_url import PostgresqlUrl, read_database_url

    found = read_database_url(url, root)
    assert isinstance(found, PostgresqlUrl)
    # A pooler in transaction mode loses named statements.
    arguments = {**found.asyncpg_arguments(), "statement_cache_size": 0}
    connection = await asyncpg.connect(**{**arguments, "timeout": _CONNECT_SECONDS})
    try:
        rows = await connection.fetch(_TABLES, found.schema or "public")
    finally:
        await connection.close()
    return [str(row[0]) for row in rows]
