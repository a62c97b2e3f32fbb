"""Conflict markers that an update left behind."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from better_auth_setup.console import Problem
from better_auth_setup.project import ROOT

MARKER = b"<<<<<<< before updating"
_NOT_OURS = {".git", ".venv", "node_modules", ".postgres", "__pycache__"}
_LARGEST = 1_000_000


def find() -> list[str]:
    """The project's files with unresolved conflicts, relative to its folder."""
    return sorted(str(path.relative_to(ROOT)) for path in _files() if _has_marker(path))


def refuse(but: Collection[str] = ()) -> None:
    """
    Args:
        but: files that may have them.

    Raises:
        Problem: a file has unresolved conflicts.
    """
    if files := [name for name in find() if name not in but]:
        raise Problem(
            f"The last update left conflicts in {', '.join(files)}; resolve them (look for "
            f'"{MARKER.decode()}") and run setup again.'
        )


def _files() -> Iterator[Path]:
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in _NOT_OURS and name[-6:] != "_cache"]
        yield from (Path(folder, name) for name in names)


def _has_marker(path: Path) -> bool:
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return False
        content = path.read_bytes()
    except OSError:
        return False
    return content.startswith(MARKER) or b"\n" + MARKER in content
