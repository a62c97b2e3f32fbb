"""TypeScript projects for tests of the npm package better-auth-setup."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from hooks.node import NODE, environment
from tests import postgresql
from tests.project.projects import NO_AGENT
from tests.project.typescript_sources import ENGINE, install_packages, render_project
from tests.template import REPOSITORY
from tests.waiting import TIMEOUT
from tests.wrapped import unwrapped

NODE_FILE = str(NODE / "bin" / "node")
BIN = "packages/better-auth-setup/bin.cjs"
TREE = Path("template/typescript")
PACKAGE = REPOSITORY / TREE / "packages" / "better-auth-setup"


def call(module: str, function: str, text: str) -> str:
    """The result of a function of the npm package that takes and returns a text."""
    script = (
        f'import {{ {function} }} from "{PACKAGE / "src" / f"{module}.ts"}";'
        f"process.stdout.write({function}({json.dumps(text)}));"
    )
    command = [NODE_FILE, "--input-type=module", "--eval", script]
    return subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=TIMEOUT
    ).stdout


#: Without these capabilities, root is subject to file permissions.
AS_A_USER = (
    ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
)


@dataclass(frozen=True)
class NpmProject:
    """A project with installed packages, whose setup takes seconds."""

    folder: Path

    def run(
        self, *arguments: str, prefix: Sequence[str] = (), **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Runs better-auth-setup; its output must contain no stack trace. Unwraps its messages."""
        result = subprocess.run(
            [*prefix, NODE_FILE, BIN, *arguments],
            cwd=self.folder,
            env=environment(**NO_AGENT, **variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert "    at " not in result.stdout + result.stderr, result.stderr
        result.stderr = unwrapped(result.stderr)
        return result

    def done(self, *arguments: str, **variables: str) -> str:
        """Runs better-auth-setup, which must succeed; returns its output."""
        result = self.run(*arguments, **variables)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def refused(self, *arguments: str, **variables: str) -> str:
        """Runs better-auth-setup, which must fail; returns its error output."""
        result = self.run(*arguments, **variables)
        assert result.returncode == 1, result.stdout + result.stderr
        return result.stderr

    def replace(self, path: str, *changes: tuple[str, str]) -> None:
        """Replaces the only occurrence of a text in a file."""
        file = self.folder / path
        text = file.read_text()
        for old, new in changes:
            assert text.count(old) == 1, f"not once in {path}: {old}"
            text = text.replace(old, new)
        file.write_text(text)

    @property
    def url(self) -> str:
        return dotenv_values(self.folder / ".env.local")["DATABASE_URL"] or ""

    def sql(self, *statements: str, url: str = "") -> list[Any]:
        """Runs statements; returns the rows of the last one."""
        return postgresql.sql(url or self.url, *statements)


def npm_project(folder: Path, **answers: Any) -> NpmProject:
    """Renders a project with its npm packages."""
    render_project({"stack": "typescript", **answers}, folder)
    (folder / ".env.local").chmod(0o644)
    packages = install_packages()
    for place in (folder, folder / ENGINE):
        (place / "node_modules").symlink_to(packages)
    return NpmProject(folder)
