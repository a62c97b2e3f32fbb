"""Resolving what an update left as conflicts in the Prisma schema."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from better_auth_setup.conflicts import MARKER
from better_auth_setup.console import Console, Problem
from better_auth_setup.project import ROOT

_BASE, _MINE, _NEW = 1, 2, 3


def can_merge(name: str) -> bool:
    """Whether a file with conflicts is a schema of which git still has the three versions."""
    return name.endswith(".prisma") and all(_version(name, n) for n in (_BASE, _MINE, _NEW))


def merge(names: list[str], console: Console) -> str:
    """Merges schemas by models and fields, from the versions that the update left in git's index.

    Prints what it did. As `git mergetool` does, it tells git that the files are resolved.

    Raises:
        Problem: a schema cannot be merged; it is left as it is.
    """
    # Only here, as the project's packages have to be installed for it.
    from better_auth_setup.generate.files import replace_files
    from better_auth_setup.generate.merge import merge as merge_schema

    for name in names:
        versions = [_version(name, n).decode("utf-8") for n in (_BASE, _MINE, _NEW)]
        try:
            result = merge_schema(*versions)
        except ValueError as error:
            raise Problem(
                f"{name} cannot be merged, as {error} is no Prisma; resolve its conflicts (look "
                f'for "{MARKER.decode()}") and run setup again.'
            ) from None
        replace_files({ROOT / name: result.text})
        _git("add", "--", name)
        for sentence in result.done:
            console.say(f"    {sentence}.")
        for sentence in result.held_back:
            console.say(f"    Left to you: {sentence}.")
    return f"conflicts resolved in {', '.join(names)}; look at it with git diff HEAD"


def _version(name: str, stage: int) -> bytes:
    """One of the three versions of a file with conflicts; empty if git's index has none."""
    done = _git("show", f":{stage}:./{Path(name).as_posix()}")
    return done.stdout if done.returncode == 0 else b""


def _git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    git = shutil.which("git")
    if git is None:
        return subprocess.CompletedProcess(["git"], 127, b"", b"")
    return subprocess.run([git, *arguments], cwd=ROOT, capture_output=True)
