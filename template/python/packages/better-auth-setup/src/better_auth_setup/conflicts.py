"""Conflicts of a template update: finding them, and merging those of the Prisma schema."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from better_auth_setup.console import Console
from better_auth_setup.generate.files import replace_files
from better_auth_setup.generate.merge import merge as merge_schema
from better_auth_setup.problem import Problem

MARKER = b"<<<<<<< before updating"
_SKIPPED = {".git", ".venv", "node_modules", ".postgres", "__pycache__"}
_LARGEST = 1_000_000
_BASE, _MINE, _NEW = 1, 2, 3


def find(root: Path) -> list[str]:
    """The project's files with conflict markers, relative to its folder."""
    return sorted(str(path.relative_to(root)) for path in _files(root) if _has_marker(path))


def can_merge(root: Path, name: str) -> bool:
    """Whether a file is a schema whose three versions are still in git's index."""
    versions = (_version(root, name, stage) for stage in (_BASE, _MINE, _NEW))
    return name.endswith(".prisma") and all(versions)


def refuse(root: Path, *, but: list[str]) -> None:
    """Refuses to go on while files have conflict markers.

    Raises:
        Problem: a file other than those in ``but`` has conflict markers.
    """
    if names := [name for name in find(root) if name not in but]:
        raise Problem(
            f"The last update left conflicts in {', '.join(names)}; resolve them (look for "
            f'"{MARKER.decode()}") and run setup again.'
        )


def merge(root: Path, names: list[str], console: Console) -> str:
    """Merges schemas by models and fields, from the three versions in git's index.

    Prints what it did, and marks the files as resolved in git, as `git mergetool` does.

    Raises:
        Problem: a schema cannot be merged; it is left as it is.
    """
    for name in names:
        versions = [_version(root, name, stage).decode("utf-8") for stage in (_BASE, _MINE, _NEW)]
        try:
            result = merge_schema(*versions)
        except ValueError as error:
            raise Problem(
                f"{name} cannot be merged, as {error} is not valid Prisma; resolve its conflicts "
                f'(look for "{MARKER.decode()}") and run setup again.'
            ) from None
        replace_files({root / name: result.text})
        _git(root, "add", "--", name)
        for sentence in result.done:
            console.say(f"    {sentence}.")
        for sentence in result.held_back:
            console.say(f"    Left to you: {sentence}.")
    return f"conflicts resolved in {', '.join(names)}; look at it with git diff HEAD"


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in _SKIPPED and name[-6:] != "_cache"]
        yield from (Path(folder, name) for name in names)


def _has_marker(path: Path) -> bool:
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return False
        content = path.read_bytes()
    except OSError:
        return False
    return content.startswith(MARKER) or b"\n" + MARKER in content


def _version(root: Path, name: str, stage: int) -> bytes:
    """One of the three versions of a conflicted file; empty if git's index lacks it."""
    done = _git(root, "show", f":{stage}:./{Path(name).as_posix()}")
    return done.stdout if done.returncode == 0 else b""


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    git = shutil.which("git")
    if git is None:
        return subprocess.CompletedProcess(["git"], 127, b"", b"")
    return subprocess.run([git, *arguments], cwd=root, capture_output=True)
