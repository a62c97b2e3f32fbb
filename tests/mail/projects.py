"""Projects of both stacks that send mails, and their users."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import httpx
from dotenv import dotenv_values

from hooks.demo import STACKS
from hooks.node import environment
from hooks.servers import free_port, running_server
from tests.waiting import TIMEOUT, wait_for

#: In the tests' environment, which has a project's packages.
UVICORN = [sys.executable, "-m", "uvicorn", "my_app.main:app", "--host", "127.0.0.1", "--port"]
_SOURCES = ["src", "packages/better-auth-sidecar/src", "packages/better-auth-setup/src"]


@dataclass(frozen=True)
class Project:
    """A project after setup."""

    stack: str
    folder: Path

    @property
    def url(self) -> str:
        return dotenv_values(self.folder / ".env.local")["DATABASE_URL"] or ""

    async def _rows(self, sql: str, values: Sequence[object]) -> list[dict[str, Any]]:
        connection = await asyncpg.connect(self.url)
        try:
            return [dict(row) for row in await connection.fetch(sql, *values)]
        finally:
            await connection.close()

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """The rows of a query."""
        return asyncio.run(self._rows(sql, values))

    def message(self, to: str) -> dict[str, Any]:
        """The latest row of the outbox for an address."""
        sql = 'SELECT * FROM "outboxMessage" WHERE recipient = $1 ORDER BY "createdAt" DESC'
        return wait_for(lambda: self.rows(sql, to))[0]

    def command(self, port: int) -> list[str]:
        is_python = self.stack == "python"
        return [*UVICORN, str(port)] if is_python else [*STACKS["typescript"].serve]

    def environment(self, port: int, **settings: str) -> dict[str, str]:
        """The server's environment."""
        paths = os.pathsep.join(str(self.folder / source) for source in _SOURCES)
        defaults = {
            "BETTER_AUTH_URL": f"http://127.0.0.1:{port}",
            "BETTER_AUTH_ENV": "development",
            "PORT": str(port),
            "PYTHONPATH": paths,
            "PYTHONUNBUFFERED": "1",
            "MAIL": "",
        }
        return environment(**{**defaults, **settings})

    @contextmanager
    def serving(self, **settings: str) -> Iterator[Server]:
        """Runs the server on a free port."""
        port = free_port()
        address, log = f"http://127.0.0.1:{port}", self.folder / f"server-{port}.log"
        env = self.environment(port, **settings)
        with running_server(self.command(port), self.folder, env, address, log) as process:
            yield Server(address, log, process)


def without_limits(project: Project) -> None:
    """Disables rate limits, so that one address may sign up many users."""
    folder = project.folder / ("auth" if project.stack == "python" else "src/lib")
    text = (folder / "auth.ts").read_text()
    limit = "rateLimit: { enabled: true"
    assert limit in text
    (folder / "auth.ts").write_text(text.replace(limit, limit.replace("true", "false")))


@dataclass
class Server:
    """A running server."""

    address: str
    log: Path
    process: subprocess.Popen[bytes]

    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def kill(self) -> None:
        """Kills it and its children."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def post(self, path: str, **body: object) -> httpx.Response:
        """The response to a request without cookies."""
        return httpx.post(
            f"{self.address}/api/auth{path}",
            json=body,
            headers={"Origin": self.address},
            timeout=TIMEOUT,
        )

    def sign_up(self, name: str = "Ada") -> str:
        """Signs a user up; returns the address."""
        email = f"{secrets.token_hex(6)}@example.com"
        body = {"name": name, "email": email, "password": secrets.token_urlsafe(12)}
        response = self.post("/sign-up/email", **body)
        assert response.status_code == 200, response.text
        return email

    def forget_password(self, email: str) -> httpx.Response:
        """Requests a password reset."""
        return self.post("/request-password-reset", email=email, redirectTo="/")


def link(text: str) -> str:
    """The link of a mail."""
    found = re.search(r"https?://\S+", text)
    assert found, text
    return found[0]
