"""Creates running projects in seconds, on shared npm packages and a shared PostgreSQL."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
from better_auth_setup import embedded_postgres

from tests.project.typescript import run_node
from tests.project.typescript_sources import ENGINE, install_packages, render_project

PRISMA = "node_modules/prisma/build/index.js"


@dataclass(frozen=True)
class Workshop:
    """Shared npm packages, and a PostgreSQL with a database for each project."""

    packages: Path
    url: str

    async def _create(self, database: str) -> None:
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(f'CREATE DATABASE "{database}"')
        finally:
            await connection.close()

    @staticmethod
    @contextmanager
    def opened(folder: Path) -> Iterator[Workshop]:
        """Runs a workshop's PostgreSQL with its data in an empty folder."""
        try:
            yield Workshop(install_packages(), embedded_postgres.create(folder, "workshop"))
        finally:
            embedded_postgres.stop(folder)

    def database(self) -> str:
        """The URL of a new database."""
        database = f"set_{secrets.token_hex(6)}"
        asyncio.run(self._create(database))
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
        run_node(folder, PRISMA, "generate")

    def push(self, project: Path) -> None:
        """Creates the tables of a project."""
        # The CLI exits with 0 even if its engine ends early.
        assert "in sync" in run_node(project, PRISMA, "db", "push")
