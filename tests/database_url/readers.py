"""Runs the TypeScript reader of database URLs."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.template import REPOSITORY

SOURCES = REPOSITORY / "template/typescript/packages/better-auth-setup/src"
TABLE = REPOSITORY / "template/python/packages/better-auth-sidecar/node/database-parameters.json"


def write_reader(folder: Path) -> None:
    """Writes ``database-url.ts`` and the table of parameters."""
    shutil.copy(SOURCES / "database-url.ts", folder)
    shutil.copy(TABLE, folder / "database-parameters.json")
