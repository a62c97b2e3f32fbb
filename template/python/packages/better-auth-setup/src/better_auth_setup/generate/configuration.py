"""Evaluates a project's TypeScript configuration files with Node.js."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from better_auth_setup.console import without_passwords
from better_auth_setup.node import node
from better_auth_setup.problem import Problem
from better_auth_setup.providers import Provider

_SCRIPT = Path(__file__).with_name("tables.mjs")


def described_tables(
    root: Path, config: Path | None, provider: Provider, clients: Iterable[Path]
) -> dict[str, Any]:
    """The tables that the project's better-auth needs, as JSON of ``describe.mjs``.

    Args:
        root: the project's folder.
        config: the file that exports ``auth``; None for the usual places.
        provider: the schema's.
        clients: the output folders of Prisma clients, which may not exist yet.

    Raises:
        Problem: the configuration cannot be loaded.
    """
    found: dict[str, Any] = _ask(
        root,
        task="tables",
        config=config and config.as_posix(),
        url=provider.placeholder,
        clients=[folder.as_posix() for folder in clients],
    )
    if found["adapter"] not in ("prisma", None):
        raise Problem(
            f"The auth configuration's database is {found['adapter']}, not Prisma: give "
            "betterAuth() a prismaAdapter(…), or change the tables with its own tools."
        )
    if found["repeated"]:
        raise Problem(
            f"The auth configuration has {', '.join(found['repeated'])} twice among its plugins: "
            "keep one of each."
        )
    if found["provider"] not in (provider.name, None):
        raise Problem(
            f"The schema's datasource is {provider.name}, but prismaAdapter(…) has provider: "
            f'"{found["provider"]}": make them agree.'
        )
    return found


def evaluated_paths(root: Path, config: Path) -> tuple[str | None, str | None]:
    """The absolute paths of schema and migrations in Prisma's configuration; None for unset ones.

    Raises:
        Problem: it cannot be loaded.
    """
    schema, migrations = _ask(root, task="paths", config=config.as_posix())
    return schema, migrations


def _ask(root: Path, **task: object) -> Any:
    command = [str(node()), str(_SCRIPT), json.dumps(task)]
    result = subprocess.run(
        command, cwd=root, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8"
    )
    try:
        answer = json.loads(result.stdout)
    except ValueError:
        error = result.stderr.strip() or f"it ended with status {result.returncode}."
        what = task["config"] if task["task"] == "paths" else "The auth configuration"
        raise Problem(f"{what} cannot be loaded: {without_passwords(error)}") from None
    if "error" in answer:
        raise Problem(without_passwords(answer["error"]))
    return answer["result"]
