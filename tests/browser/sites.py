"""Running projects with pages, for browser tests."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import asyncpg  # type: ignore[import-untyped]
import httpx

from hooks.demo import STACKS
from hooks.node import environment
from hooks.servers import free_port, running_server
from tests import passwords
from tests.answers import AUTH
from tests.conformance.internet import internets
from tests.messages import logged_message
from tests.project.social.accounts import GitHub
from tests.project.workshop import Workshop
from tests.waiting import wait_for

T = TypeVar("T")

#: All plugins and options that add something to a page.
PANELS: dict[str, Any] = {
    "plugins": [
        "username",
        "admin",
        "two-factor",
        "organization",
        "passkey",
        "magic-link",
        "email-otp",
        "phone-number",
        "anonymous",
        "api-key",
        "multi-session",
        "device-authorization",
        "jwt",
        "oauth-provider",
    ],
    "social_providers": ["github", "google"],
}


@dataclass(frozen=True)
class Site:
    """A running project."""

    address: str
    log: Path
    project: Path
    database_url: str
    #: The stand-in of the one social provider that has keys.
    github: GitHub

    def url(self, page: str) -> str:
        return f"{self.address}/auth/{page}"

    def message(self, to: str, subject: str) -> str:
        """The link or code of a message."""
        return logged_message(self.log, to, subject)

    def make_admin(self, email: str) -> None:
        """Sets the role in the database, as an owner does for the first admin."""
        self._execute("""UPDATE "user" SET role = 'admin' WHERE email = $1""", email)

    def age_sessions(self, email: str) -> None:
        """Makes the user's sessions two days old."""
        self._execute(
            """UPDATE session SET "createdAt" = now() - interval '2 days'
            WHERE "userId" = (SELECT id FROM "user" WHERE email = $1)""",
            email,
        )

    def add_users(self, count: int) -> None:
        """Adds users older than all others, so that they are last in lists by age."""
        self._execute(
            """INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
            SELECT gen_random_uuid(), 'Somebody', gen_random_uuid() || '@example.com', false,
                   '2020-01-01', now() FROM generate_series(1, $1)""",
            count,
        )

    @contextmanager
    def without_database(self) -> Iterator[None]:
        """Cuts the server off from its database for the length of a ``with`` block."""
        name = self.database_url.rpartition("/")[2]
        allow = f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS'
        self._execute(f"{allow} false", database="postgres")
        try:
            self._execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1",
                name,
                database="postgres",
            )
            yield
        finally:
            self._execute(f"{allow} true", database="postgres")

    @contextmanager
    def without_auth_server(self) -> Iterator[None]:
        """Breaks FastAPI's auth server for the length of a ``with`` block."""
        source = self.project / "auth" / "server.ts"
        text = source.read_text()
        source.write_text('throw new Error("This server is broken");\n')
        try:
            self._wait_until_it_answers(503)
            yield
        finally:
            source.write_text(text)
            self._wait_until_it_answers(200)

    def _wait_until_it_answers(self, status: int) -> None:
        url = f"{self.address}/api/auth/ok"
        wait_for(
            lambda: httpx.get(url).status_code == status,
            f"The auth server does not answer {status}.",
        )

    def _execute(self, sql: str, *values: object, database: str = "") -> None:
        url = self.database_url
        if database:
            url = f"{url.rpartition('/')[0]}/{database}"

        async def execute() -> None:
            connection = await asyncpg.connect(url)
            try:
                await connection.execute(sql, *values)
            finally:
                await connection.close()

        apart(lambda: asyncio.run(execute()))


def apart(work: Callable[[], T]) -> T:
    """Runs it in another thread, because Playwright's event loop runs in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def command(stack: str, project: Path, port: int) -> tuple[list[str], Mapping[str, str]]:
    """The command and variables that start a project with the tests' Python environment."""
    if stack == "typescript":
        return [*STACKS["typescript"].serve], {}
    sources = [project / "src", *project.glob("packages/*/src")]
    uvicorn = [sys.executable, "-m", "uvicorn", "my_app.main:app", "--port", str(port)]
    return uvicorn, {"PYTHONPATH": os.pathsep.join(map(str, sources))}


@contextmanager
def serving(
    workshop: Workshop, stack: str, answers: dict[str, Any], folder: Path
) -> Iterator[Site]:
    """Renders a project and runs it on localhost, because passkeys need a domain."""

    def write() -> str:
        database = workshop.settings()
        workshop.render({"stack": stack, **answers}, folder, database)
        workshop.push(folder)
        passwords.make_cheap(folder / AUTH[stack])
        return database["DATABASE_URL"]

    database_url = apart(write)
    port, log = free_port(), folder / "server.log"
    address = f"http://localhost:{port}"
    words, variables = command(stack, folder, port)
    github = GitHub()
    github.callbacks.add(f"{address}/api/auth/callback/{github.id}")
    certificates = folder.with_name("certificates")
    certificates.mkdir()
    with internets(certificates, github.hosts, 1) as [internet]:
        github.join(internet)
        settings = environment(
            BETTER_AUTH_URL=address,
            PORT=str(port),
            TRUSTED_PROXIES="127.0.0.1",
            **{passwords.VARIABLE: "1"},
            **github.settings,
            **internet.settings,
            **variables,
        )
        with running_server(words, folder, settings, address, log):
            yield Site(address, log, folder, database_url, github)
