"""Creates running projects in seconds, on shared npm packages and a shared PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
from better_auth_setup import embedded_postgres
from dotenv import dotenv_values

from tests.project.kept import kept
from tests.project.typescript import run_node
from tests.project.typescript_sources import ENGINE, install_packages, render_project

PRISMA = "node_modules/prisma/build/index.js"


@dataclass(frozen=True)
class Workshop:
    """Shared npm packages, and a PostgreSQL with a database for each project."""

    packages: Path
    url: str

    @staticmethod
    @contextmanager
    def opened(folder: Path) -> Iterator[Workshop]:
        """Runs a workshop's PostgreSQL with its data in an empty folder."""
        try:
            url = embedded_postgres.create(folder, "workshop")
            _leave_writes_to_the_system(folder / ".postgres" / "data")
            yield Workshop(install_packages(), url)
        finally:
            embedded_postgres.stop(folder)

    def database(self) -> str:
        """The URL of a new database."""
        database = f"set_{secrets.token_hex(6)}"
        asyncio.run(execute(self.url, f'CREATE DATABASE "{database}"'))
        return f"{self.url.rsplit('/', 1)[0]}/{database}"

    def settings(self) -> dict[str, str]:
        """Settings for .env.local: a new database and a secret."""
        return {
            "DATABASE_URL": self.database(),
            "BETTER_AUTH_SECRET": secrets.token_urlsafe(32),
        }

    def render(self, answers: dict[str, Any], folder: Path, settings: dict[str, str]) -> None:
        """Renders a project and generates its Prisma client."""
        render_project(answers, folder)
        (folder / ".env.local").write_text("".join(f"{k}={v}\n" for k, v in settings.items()))
        for place in (folder, folder / ENGINE):
            (place / "node_modules").symlink_to(self.packages)
        generate(folder, self.packages)

    def push(self, project: Path) -> None:
        """Creates the tables of a project in its database, which has none."""
        script = statements(project, self.packages).read_text()
        url = dotenv_values(project / ".env.local")["DATABASE_URL"] or ""
        if url.startswith("file:"):
            with closing(sqlite3.connect(project / url.removeprefix("file:"))) as database:
                database.executescript(script)
        else:
            asyncio.run(execute(url, script))


async def execute(url: str, script: str) -> None:
    """Runs the statements of a script in a PostgreSQL database."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(script)
    finally:
        await connection.close()


def _leave_writes_to_the_system(data: Path) -> None:
    """Turns `fsync` off, for a cluster that is not needed after a crash."""
    with (data / "postgresql.conf").open("a") as settings:
        settings.write("fsync = off\n")
    os.kill(int((data / "postmaster.pid").read_text().split()[0]), signal.SIGHUP)


def generate(project: Path, packages: Path) -> None:
    """Generates a project's Prisma client, or copies that of an equal schema."""
    schema = project / "prisma" / "schema.prisma"
    [output] = re.findall(r'^  output += "(.*)"', schema.read_text(), re.M)
    client = (schema.parent / output).resolve()
    with kept("client", *_sources(project, packages)) as (folder, is_new):
        if is_new:
            run_node(project, PRISMA, "generate")
            shutil.rmtree(folder / "client", ignore_errors=True)
            shutil.copytree(client, folder / "client")
    shutil.copytree(folder / "client", client, dirs_exist_ok=True)


def statements(project: Path, packages: Path) -> Path:
    """A file of the SQL by which `prisma db push` creates the tables of a project."""
    with kept("tables", *_sources(project, packages)) as (folder, is_new):
        file = folder / "tables.sql"
        if is_new:
            which = ["--from-empty", "--to-schema", "prisma/schema.prisma", "--script"]
            run_node(project, PRISMA, "migrate", "diff", *which, "--output", str(file))
    return file


def _sources(project: Path, packages: Path) -> Iterator[bytes]:
    """What Prisma makes a client and tables of."""
    yield str(packages).encode()
    for name in ("prisma/schema.prisma", "prisma.config.ts"):
        yield (project / name).read_bytes()
