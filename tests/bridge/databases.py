"""Databases whose tables the real Prisma CLI made."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from hooks import node
from tests.project.typescript_sources import install_packages
from tests.template import REPOSITORY, environment

ENGINE = REPOSITORY / "template" / "shared" / "schema-engine"


def prisma_schema(provider: str, features: Sequence[str]) -> str:
    """The schema that a project with these features gets."""
    template = environment().get_template("template/shared/schema.prisma.jinja")
    return template.render(provider=provider, features=list(features))


def push(schema: str, url: str, folder: Path) -> None:
    """Runs ``prisma db push`` for a schema.

    Raises:
        RuntimeError: it failed; with what it said.
    """
    (folder / "schema.prisma").write_text(schema)
    config = folder / "prisma.config.mjs"
    config.write_text(
        f"export default {{ schema: 'schema.prisma', datasource: {{ url: '{url}' }} }};"
    )
    _run_prisma(folder, "db", "push", "--config", str(config))


def generate_client(folder: Path) -> Path:
    """Runs ``prisma generate`` for the schema in a folder; gives the packages that it needs."""
    _run_prisma(folder, "generate", "--schema", "schema.prisma")
    return install_packages()


def _run_prisma(folder: Path, *arguments: str) -> None:
    packages = _packages()
    cli = packages / "node_modules" / "prisma" / "build" / "index.js"
    result = subprocess.run(
        ["node", str(cli), *arguments],
        cwd=folder,
        env={
            **node.environment(),
            "PRISMA_SCHEMA_ENGINE_BINARY": str(packages / "index.mjs"),
            "PRISMA_HIDE_UPDATE_MESSAGE": "1",
        },
        capture_output=True,
        text=True,
    )
    if result.returncode:
        raise RuntimeError(result.stdout + result.stderr)


@cache
def _packages() -> Path:
    """Where the CLI is, and beside it the WebAssembly engine that replaces its native one."""
    folder = node.install(
        node.pinned(
            "prisma",
            "@prisma/adapter-libsql",
            "@prisma/adapter-pg",
            "@prisma/driver-adapter-utils",
            "@prisma/schema-engine-wasm",
        )
    )
    for module in ENGINE.glob("*.mjs"):
        shutil.copy(module, folder)
    os.chmod(folder / "index.mjs", 0o755)
    return folder
