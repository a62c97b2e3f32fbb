"""Whatever plugins are chosen: their schema is complete, and the server signs a user up and in."""

from __future__ import annotations

import asyncio
import secrets
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import pytest
from better_auth_prisma import embedded_postgres

from hooks.node import environment
from tests.answers import stack_plugins
from tests.project.typescript import serving
from tests.project.typescript_sources import ENGINE, cases, install_packages, render_project

PLUGIN_ANSWERS = {"stack", "plugins", "plugin_options", "rate_limit_storage"}
SETS = [answers for answers in cases() if answers.keys() <= PLUGIN_ANSWERS]

#: What `make test` tries: everything together, two plugins with tables of their own, two at random.
SAMPLE = [
    next(answers for answers in SETS if answers.get("plugins") == stack_plugins("typescript")),
    *({"stack": "typescript", "plugins": [plugin]} for plugin in ("two-factor", "scim")),
    *SETS[-2:],
]


def name(answers: dict[str, Any]) -> str:
    plugins, options = answers.get("plugins", []), answers.get("plugin_options", [])
    storage = [answers["rate_limit_storage"]] if "rate_limit_storage" in answers else []
    return "+".join([*plugins, *options, *storage]) or "none"


@dataclass(frozen=True)
class Workshop:
    """What the projects share: npm's packages, and a PostgreSQL with a database for each."""

    packages: Path
    url: str

    async def _create(self, database: str) -> None:
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(f'CREATE DATABASE "{database}"')
        finally:
            await connection.close()

    def database(self) -> str:
        """The URL of a new and empty database."""
        database = f"set_{secrets.token_hex(6)}"
        asyncio.run(self._create(database))
        return f"{self.url.rsplit('/', 1)[0]}/{database}"

    def project(self, answers: dict[str, Any], folder: Path) -> None:
        render_project(answers, folder)
        for place in (folder, folder / ENGINE):
            (place / "node_modules").symlink_to(self.packages)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    folder = tmp_path_factory.mktemp("postgresql")
    yield Workshop(install_packages(), embedded_postgres.create(folder, "sets"))
    embedded_postgres.stop(folder)


def run(project: Path, script: str, *arguments: str, **settings: str) -> str:
    """What a command of the project's packages prints; it has to succeed."""
    done = subprocess.run(
        ["node", f"node_modules/{script}", *arguments],
        cwd=project,
        env={**environment(), **settings, "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.e2e
@pytest.mark.parametrize(
    "answers",
    [
        pytest.param(answers, marks=() if answers in SAMPLE else pytest.mark.exhaustive)
        for answers in SETS
    ],
    ids=name,
)
def test_every_set_of_plugins_runs(
    workshop: Workshop, answers: dict[str, Any], tmp_path: Path
) -> None:
    project, settings = tmp_path / "project", {"DATABASE_URL": workshop.database()}
    settings["BETTER_AUTH_SECRET"] = secrets.token_urlsafe(32)
    workshop.project(answers, project)
    schema = project / "prisma" / "schema.prisma"
    draft = schema.with_name("draft.prisma")
    draft.write_bytes(schema.read_bytes())

    run(project, "prisma/build/index.js", "generate", **settings)
    config = ["--yes", "--config", "src/lib/auth.ts", "--output", "prisma/draft.prisma"]
    said = run(project, "auth/dist/index.mjs", "generate", *config, **settings)
    # Its exit status is 0 even when it did nothing.
    assert "already up to date" in said
    assert draft.read_text() == schema.read_text()
    assert "in sync" in run(project, "prisma/build/index.js", "db", "push", **settings)

    with serving(project, **settings) as server:
        browser = server.browser()
        browser.sign_up()
        assert browser.user()
        browser.do("/sign-out")
        assert browser.user() is None
        browser.sign_in()
        user = browser.user()
        assert user and user["email"] == browser.email
