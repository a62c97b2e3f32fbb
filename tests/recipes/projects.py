"""Projects for the recipes: set up once, and reset for each recipe."""

from __future__ import annotations

import asyncio
import os
import secrets
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import httpx
from dotenv import dotenv_values

from hooks.demo import STACKS_OF, run
from hooks.node import NODE, NPM, environment
from hooks.servers import free_port, running_server
from tests.npm_packages import lend
from tests.recipes.document import Reader
from tests.shell import bash
from tests.template import render

#: Programs on a developer's PATH, and the tests' programs for them.
PROGRAMS = {
    "npm": [str(NODE / "bin" / "node"), str(NPM)],
    "npx": [str(NODE / "bin" / "node"), str(NPM.with_name("npx-cli.js"))],
    "python3": [sys.executable],
    "uv": [str(Path(sys.executable).with_name("uv"))],
}

#: Trusted proxies, so that each browser of a test has its own address.
PROXIES = "127.0.0.1"


class Project:
    """A project after setup, committed to git."""

    def __init__(self, stack: str, template: Path, folder: Path, framework: str = "hono") -> None:
        self.stack, self.framework = stack, framework
        self.commands = STACKS_OF[stack, framework]
        self.programs = folder / "bin"
        self.programs.mkdir(parents=True)
        for name, words in PROGRAMS.items():
            (self.programs / name).write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
            (self.programs / name).chmod(0o755)
        self.folder = render(
            template,
            folder / "app",
            {"stack": stack, "framework": framework, "plugins": ["admin"]},
        )
        lend(self.folder)
        self.set_up()
        self.env_file = (self.folder / ".env.local").read_text()
        for command in ("git init --quiet", "git add --all", "git commit --quiet -m new"):
            self.run(command)

    def reader(self) -> Reader:
        return Reader((self.stack, self.framework), self.folder, self.run, self.set_up)

    def restore(self) -> None:
        """Reverts all edits, but not installations and pushes."""
        self.run("git checkout --quiet . && git clean --quiet --force -d")
        (self.folder / ".env.local").write_text(self.env_file)

    def set_up(self) -> None:
        run(self.commands.setup, self.folder)

    def new_database(self) -> str:
        """The URL of a new database on the development server."""
        name = f"new_{secrets.token_hex(6)}"
        url = dotenv_values(self.folder / ".env.local")["DATABASE_URL"]
        assert url

        async def create() -> None:
            connection = await asyncpg.connect(url)
            try:
                await connection.execute(f'CREATE DATABASE "{name}"')
            finally:
                await connection.close()

        asyncio.run(create())
        return f"{url.rpartition('/')[0]}/{name}"

    def move_to_a_new_database(self) -> None:
        """Uses a database without changes of earlier recipes, which `restore` does not revert."""
        url = dotenv_values(self.folder / ".env.local")["DATABASE_URL"]
        assert url
        moved = self.env_file.replace(url, self.new_database())
        (self.folder / ".env.local").write_text(moved)
        self.set_up()

    def stop_database(self) -> None:
        run(self.commands.stop, self.folder)

    def environment(self, **settings: str) -> dict[str, str]:
        people = ("AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL")
        given = environment(**{f"GIT_{name}": "ada@example.com" for name in people})
        given["PATH"] = f"{self.programs}{os.pathsep}{given['PATH']}"
        given.pop("VIRTUAL_ENV", None)
        return given | settings

    def run(self, command: str, **settings: str) -> str:
        """Runs a shell command that must succeed; returns its output."""
        return bash(command, self.folder, self.environment(**settings))

    @property
    def log(self) -> Path:
        """The output of the server that was started last."""
        return self.folder / "node_modules" / "server.log"

    @contextmanager
    def started(self, command: str, address: str, **settings: str) -> Iterator[str]:
        """Runs a shell command that starts the server."""
        env = self.environment(**settings)
        self.log.write_bytes(b"")
        with running_server(["bash", "-c", command], self.folder, env, address, self.log):
            yield address

    @contextmanager
    def serving(self, **settings: str) -> Iterator[str]:
        """Runs the server on a free port; yields its address."""
        port = free_port()
        command = shlex.join(word.format(port=port) for word in self.commands.serve)
        address = f"http://127.0.0.1:{port}"
        given = {"PORT": str(port), "BETTER_AUTH_URL": address, "TRUSTED_PROXIES": PROXIES}
        with self.started(command, address, **given, **settings):
            yield address


@contextmanager
def browser(address: str, origin: str = "") -> Iterator[httpx.Client]:
    """A browser with the application's origin or another one."""
    own = ".".join(str(1 + secrets.randbelow(254)) for _ in range(4))
    headers = {"Origin": origin or address, "X-Forwarded-For": own}
    with httpx.Client(base_url=address, headers=headers) as client:
        yield client


def sign_up(client: httpx.Client, email: str, **fields: str) -> httpx.Response:
    body = {"name": " Ada ", "email": email, "password": "correct horse", **fields}
    return client.post("/api/auth/sign-up/email", json=body)


def sign_in(client: httpx.Client, email: str) -> httpx.Response:
    body = {"email": email, "password": "correct horse"}
    return client.post("/api/auth/sign-in/email", json=body)
