"""Projects of both stacks on a real MariaDB: sign-up, sign-in, sign-out.

The tests create the tables, because only Prisma's native engine could.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiomysql  # type: ignore[import-untyped]
import httpx
import pytest

from hooks.demo import STACKS, serving, walk_through
from tests.answers import EVERYTHING
from tests.mariadb import server
from tests.mariadb.tables import create_tables
from tests.project.typescript import run_node
from tests.project.typescript_sources import install_packages, render_project
from tests.sampling import in_stack
from tests.template import REPOSITORY
from tests.waiting import wait_for

pytestmark = [pytest.mark.e2e, pytest.mark.mariadb]

PACKAGES = REPOSITORY / "template/python/packages"
FASTAPI = [sys.executable, "-m", "fastapi", "run", "--host", "127.0.0.1", "--port", "{port}"]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The Prisma URL of a MariaDB database."""
    with server.running(tmp_path_factory.mktemp("mariadb")) as url:
        yield url


def run_sql(url: str, *statements: str) -> list[Any]:
    """The rows of the last statement."""
    return asyncio.run(_run_sql(url, statements))


async def _run_sql(url: str, statements: Sequence[str]) -> list[Any]:
    parts = urlsplit(url)
    connection = await aiomysql.connect(
        host=parts.hostname,
        port=parts.port,
        user=parts.username,
        password=parts.password or "",
        db=parts.path.removeprefix("/"),
        autocommit=True,
    )
    async with connection.cursor() as cursor:
        for statement in statements:
            await cursor.execute(statement)
        rows = list(await cursor.fetchall())
    connection.close()
    return rows


def is_reported(url: str, user: str) -> bool:
    """Whether the mail to a new user was sent from the outbox."""
    sql = f"SELECT sentAt FROM outboxMessage WHERE recipient = '{user}'"
    return any(sent_at is not None for (sent_at,) in run_sql(url, sql))


@in_stack("python")
def test_users_sign_up_in_and_out(
    url: str, stack: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {"stack": stack, "provider": "mysql", **EVERYTHING, "project_name": stack}
    render_project(answers, tmp_path)
    (tmp_path / "node_modules").symlink_to(install_packages())
    secret = "BETTER_AUTH_SECRET=9Zk2vQ7mXw4TnRb8LsYc3HpJd6FgAe1U"
    own_url = url.removesuffix("app") + stack
    (tmp_path / ".env.local").write_text(f"DATABASE_URL={own_url}\n{secret}\n")
    # Any file works: the client is generated without the engine, which would be downloaded.
    engine = {"PRISMA_SCHEMA_ENGINE_BINARY": __file__}
    run_node(tmp_path, "node_modules/prisma/build/index.js", "generate", **engine)
    run_sql(url, f"CREATE DATABASE {stack} COLLATE utf8mb4_unicode_ci")
    schema = (tmp_path / "prisma/schema.prisma").read_text()
    run_sql(own_url, *create_tables(schema))

    project = STACKS[stack]
    if stack == "python":
        paths = [tmp_path / "src", *(package / "src" for package in PACKAGES.iterdir())]
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, paths)))
        project = replace(project, serve=FASTAPI)
    with serving(project, tmp_path) as address:
        walk_through(address)
        with httpx.Client(base_url=address, headers={"Origin": address}) as browser:
            assert browser.get("/me").status_code == 401
            ada = {"name": "Ada", "email": "ada@example.com", "password": "correct horse"}
            browser.post("/api/auth/sign-up/email", json=ada).raise_for_status()
            assert browser.get("/me").json()["email"] == "ada@example.com"
            wait_for(lambda: is_reported(own_url, "ada@example.com"))
            browser.post("/api/auth/sign-out", json={}).raise_for_status()
            assert browser.get("/me").status_code == 401
            # To this collation, it is the same address.
            look_alike = {"email": "\u00e1da@example.com", "password": ada["password"]}
            for path in ("sign-in/email", "request-password-reset", "sign-in/magic-link"):
                browser.post(f"/api/auth/{path}", json=look_alike)
            assert browser.get("/me").status_code == 401
            mails = run_sql(own_url, "SELECT recipient FROM outboxMessage")
            assert (look_alike["email"],) not in mails
