"""A clone of this repository, and the commands of CONTRIBUTING.md in it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.shell import bash
from tests.template import REPOSITORY

DOCUMENT = REPOSITORY / "CONTRIBUTING.md"
#: Created by `make install` and the hooks.
INSTALLED = (".venv", ".cache")
_FENCE = re.compile(r"^( *)```console\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)


def commands() -> dict[str, list[str]]:
    """The commands of each section by title; those before the first section have the title ""."""
    first, *sections = re.split(r"^## ", DOCUMENT.read_text(), flags=re.MULTILINE)
    titled = {"": first} | {text.partition("\n")[0]: text for text in sections}
    return {title: [*_commands(text)] for title, text in titled.items()}


def _commands(text: str) -> list[str]:
    lines = [line.strip() for fence in _FENCE.finditer(text) for line in fence[2].splitlines()]
    return [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]


@dataclass(frozen=True)
class Clone:
    """A clone with one commit, whose remote ``origin`` is a bare repository beside it."""

    folder: Path
    origin: Path

    def run(self, command: str) -> str:
        """Runs a command that must succeed; returns its output."""
        return bash(command, self.folder, os.environ | {"PYTHONDONTWRITEBYTECODE": "1"})

    def changed(self) -> list[str]:
        """The files that differ from the last commit."""
        return [line[3:] for line in self.run("git status --porcelain").splitlines()]

    def cut(self, name: str, pattern: str) -> str:
        """Removes the only match of a pattern from a file; returns the former text."""
        before = (self.folder / name).read_text()
        after, count = re.subn(pattern, "", before, flags=re.DOTALL | re.MULTILINE)
        assert count == 1, f"{name} has {count} times {pattern}"
        (self.folder / name).write_text(after)
        return before

    def render(self, target: Path, *answers: str) -> subprocess.CompletedProcess[str]:
        """Renders a project from the working tree."""
        data = [word for answer in answers for word in ("--data", answer)]
        copier = [str(REPOSITORY / ".venv/bin/copier"), "copy", "--quiet", "--defaults", *data]
        command = [*copier, "--vcs-ref", "HEAD", str(self.folder), str(target)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)


def clone(folder: Path) -> Clone:
    """Makes a clone with the present text of the tracked files."""
    made = Clone(folder / "clone", folder / "origin.git")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        source, target = REPOSITORY / name, made.folder / name
        if (source.is_symlink() or source.is_file()) and name not in INSTALLED:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    for name in INSTALLED:
        (made.folder / name).mkdir()
        for installed in (REPOSITORY / name).iterdir():
            (made.folder / name / installed.name).symlink_to(installed)
    # Whatever a test changes, make installs nothing into what all share.
    stamp = made.folder / ".venv" / "installed"
    stamp.unlink(missing_ok=True)
    stamp.touch()
    os.utime(stamp, (2**32, 2**32))
    made.run(
        "git init --quiet --initial-branch main "
        "&& printf '/%s\\n' .venv .cache >> .git/info/exclude "
        "&& git config user.name Ada && git config user.email ada@example.com "
        "&& git add --all && git commit --quiet --message release "
        f"&& git init --quiet --bare '{made.origin}' && git remote add origin '{made.origin}'"
    )
    return made
