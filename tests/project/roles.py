"""The least-privilege roles of docs/deployment.md, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg  # type: ignore[import-untyped]
from better_auth_setup import embedded_postgres

from tests.template import REPOSITORY

#: Statements that no server needs, but that an attacker with its password would use.
FORBIDDEN = [
    "CREATE TABLE mine (id int)",
    "CREATE TEMPORARY TABLE mine (id int)",
    "CREATE SCHEMA mine",
    'ALTER TABLE "user" ADD COLUMN mine int',
    'DROP TABLE "verification"',
    'TRUNCATE "session" CASCADE',
    "CREATE ROLE mine",
]


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """A PostgreSQL with its data in an empty folder; yields a superuser's URL."""
    url = urlsplit(embedded_postgres.create(folder, "roles"))
    try:
        [access] = folder.rglob("pg_hba.conf")
        with access.open("a") as lines:
            lines.write("host all postgres 127.0.0.1/32 trust\n")
            lines.write("host all all 127.0.0.1/32 scram-sha-256\n")
        process = int(access.with_name("postmaster.pid").read_text().split()[0])
        os.kill(process, signal.SIGHUP)
        yield f"postgresql://postgres@127.0.0.1:{url.port}/postgres"
    finally:
        embedded_postgres.stop(folder)


def create(url: str) -> tuple[str, str]:
    """Creates a database and roles by the document's statements, under new names.

    Args:
        url: a superuser's URL.

    Returns:
        The new database's URLs for the migrating and the running role.
    """
    document = (REPOSITORY / "docs" / "deployment.md").read_text()
    block = re.search(r"```sql\n(.*?)```", document, re.DOTALL)
    assert block, "the document has no SQL"
    name = f"roles_{secrets.token_hex(6)}"
    # Roles belong to the server, which several tests share.
    text = re.sub(r"\bapp(?=_|\b)", name, block[1])
    on_server, on_database = text.split(f"\\connect {name}\n")
    place = urlsplit(url)
    asyncio.run(_execute(url, on_server))
    asyncio.run(_execute(place._replace(path=f"/{name}").geturl(), on_database))
    passwords = re.findall(r"CREATE ROLE (\S+) LOGIN PASSWORD '([^']+)'", text)
    migrating, running = (
        f"postgresql://{role}:{password}@{place.hostname}:{place.port}/{name}"
        for role, password in passwords
    )
    return migrating, running


async def _execute(url: str, text: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in filter(None, map(str.strip, text.split(";"))):
            await connection.execute(statement)
    finally:
        await connection.close()


def allowed(url: str, statements: list[str]) -> list[str]:
    """The statements that a role may execute; each is rolled back."""

    async def ask() -> list[str]:
        done = []
        connection = await asyncpg.connect(url)
        try:
            for statement in statements:
                transaction = connection.transaction()
                await transaction.start()
                try:
                    await connection.execute(statement)
                    done.append(statement)
                except asyncpg.InsufficientPrivilegeError:
                    pass
                finally:
                    await transaction.rollback()
        finally:
            await connection.close()
        return done

    return asyncio.run(ask())
