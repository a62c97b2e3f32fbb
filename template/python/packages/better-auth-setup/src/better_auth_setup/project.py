"""Where things are in the project, and what its pyproject.toml says about them."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NODE_MODULES = ROOT / "node_modules"
SCHEMA_ENGINE = ROOT / "packages" / "better-auth-setup" / "schema-engine"
ENV_FILE = ROOT / ".env.local"
ENV_EXAMPLE = ROOT / ".env.example"


def setting(table: str, key: str) -> str:
    """A string from pyproject.toml.

    Raises:
        LookupError: it is not there.
    """
    found: object = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for name in [*table.split("."), key]:
        found = found.get(name) if isinstance(found, dict) else None
    if not isinstance(found, str):
        raise LookupError(f"{key} is missing in [{table}] of pyproject.toml")
    return found


def schema() -> str:
    """The schema's file, or its folder, relative to the project's."""
    # Only here, as the project's packages have to be installed for it.
    from better_auth_setup.generate.files import configured_schema

    return configured_schema(ROOT).as_posix()


def provider() -> str:
    """The database provider, in Prisma's name."""
    return setting("tool.better-auth-prisma", "provider")


def pushes() -> bool:
    """Whether the tables are for this project to change; ``push = "never"`` says they are not."""
    try:
        return setting("tool.better-auth-prisma", "push") != "never"
    except LookupError:
        return True


def name() -> str:
    return setting("project", "name")
