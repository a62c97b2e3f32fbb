"""A project of either stack, and its setup."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
from dotenv import dotenv_values

from hooks.demo import STACKS, run
from hooks.node import NODE, environment
from tests.template import render
from tests.wrapped import unwrapped

#: Prisma asks for a user's consent to data loss if these variables reveal an AI agent.
NO_AGENT = {"CLAUDECODE": "", "GEMINI_CLI": "", "CURSOR_TRACE_ID": ""}


class Project:
    """A rendered project, and its setup."""

    def __init__(self, stack: str, template: Path, folder: Path, plugins: Sequence[str]) -> None:
        self.stack = STACKS[stack]
        self.is_python = stack == "python"
        self.folder = render(template, folder, {"stack": stack, "plugins": list(plugins)})
        self.env_file = self.folder / ".env.local"

    def command(self, *arguments: str) -> list[str]:
        """The command of setup, without npm around it."""
        direct = [str(NODE / "bin" / "node"), "packages/better-auth-setup/bin.cjs", "setup"]
        return [*(self.stack.setup if self.is_python else direct), *arguments]

    def setup(
        self, *arguments: str, prefix: Sequence[str] = (), **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Runs setup; its output must contain no traceback and no secret. Unwraps its messages."""
        result = subprocess.run(
            [*prefix, *self.command(*arguments)],
            cwd=self.folder,
            env=environment(**variables),
            capture_output=True,
            text=True,
            timeout=600,
        )
        output = result.stdout + result.stderr
        assert "Traceback" not in output and "    at " not in output
        values = self.variables() | variables
        for name in ("DATABASE_URL", "BETTER_AUTH_SECRET"):
            value = values.get(name)
            assert not value or value not in output
        result.stdout = unwrapped(result.stdout, " " * 15)
        result.stderr = unwrapped(unwrapped(result.stderr), " " * 6)
        return result

    def start_setup(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(),
            cwd=self.folder,
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
        )

    def variables(self) -> dict[str, str]:
        values = dotenv_values(self.env_file)
        return {name: value or "" for name, value in values.items()}

    @property
    def url(self) -> str:
        return self.variables()["DATABASE_URL"]

    def stop_database(self) -> None:
        run(self.stack.stop, self.folder)

    async def _query(self, sql: str) -> Any:
        connection = await asyncpg.connect(self.url)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    def query(self, sql: str) -> Any:
        """The first value of a query's result."""
        return asyncio.run(self._query(sql))


def read_up_to(step: str, setup: subprocess.Popen[str]) -> None:
    """Reads the output up to a line with this prefix."""
    assert setup.stdout
    assert any(line.startswith(f"{step} ") for line in setup.stdout), f"it ended before {step}"


def sentence(result: subprocess.CompletedProcess[str]) -> str:
    """The only line of a failed setup's error output."""
    assert result.returncode == 1, result.stdout + result.stderr
    (line,) = result.stderr.strip().splitlines()
    return line
