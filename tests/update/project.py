"""A project of a release of the template, in a git repository."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from copier import run_copy, run_update

from tests.update.history import git

MARKER = re.compile("^<<<<<<< before updating$", re.M)
URL = "postgresql://app:correct-horse@localhost:5432/app"

#: Plugins whose tables grew between the releases, and some whose tables did not.
COMMON: dict[str, Any] = {
    "plugins": ["username", "admin", "organization", "jwt", "api-key"],
    "plugin_options": ["organization-teams"],
    "rate_limit_storage": "database",
}


@dataclass(frozen=True)
class Project:
    """A project's folder."""

    folder: Path

    def commit(self, message: str) -> None:
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "--allow-empty", "--message", message)

    def update(self, tag: str | None = None, **answers: Any) -> None:
        """Runs `copier update` to a release or the newest, without ``--trust``."""
        run_update(
            self.folder, data=answers, vcs_ref=tag, defaults=True, overwrite=True, quiet=True
        )

    def write(self, files: dict[str, str]) -> None:
        """Replaces the project's files by these texts."""
        present = self.files()
        for path in present.keys() - files.keys():
            (self.folder / path).unlink()
        for path, text in files.items():
            if text != present.get(path):
                (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
                (self.folder / path).write_bytes(text.encode())

    def files(self) -> dict[str, str]:
        """The text of each file, without the answers' line that contains the release."""
        paths = [path for path in self.folder.rglob("*") if path.is_file()]
        texts = {
            path.relative_to(self.folder).as_posix(): path.read_bytes().decode()
            for path in paths
            if ".git" not in path.relative_to(self.folder).parts
        }
        answers = texts[".copier-answers.yml"].splitlines()
        kept = [line for line in answers if not line.startswith("_commit: ")]
        return {**texts, ".copier-answers.yml": "\n".join(kept)}

    def conflicts(self) -> list[str]:
        """The files in which Copier left conflict markers."""
        return [path for path, text in self.files().items() if MARKER.search(text)]


@dataclass(frozen=True)
class Projects:
    """Renders projects of a template's releases, each combination once.

    Attributes:
        template: the template's repository.
        renders: a folder for the renders.
    """

    template: Path
    renders: Path
    known: dict[str, Path] = field(default_factory=dict)

    def texts(self, tag: str, answers: dict[str, Any]) -> dict[str, str]:
        """The files of a fresh project."""
        return Project(self._render(tag, answers)).files()

    def rendered(self, tag: str, answers: dict[str, Any], folder: Path) -> Project:
        """A fresh project that is not in git."""
        shutil.copytree(self._render(tag, answers), folder)
        return Project(folder)

    def _render(self, tag: str, answers: dict[str, Any]) -> Path:
        key = json.dumps([tag, answers], sort_keys=True)
        if key not in self.known:
            self.known[key] = self.renders / str(len(self.known))
            run_copy(
                str(self.template),
                self.known[key],
                data=answers,
                vcs_ref=tag,
                defaults=True,
                quiet=True,
            )
        return self.known[key]

    def committed(self, tag: str, answers: dict[str, Any], folder: Path) -> Project:
        """A fresh project in git."""
        project = self.rendered(tag, answers, folder)
        git(folder, "init", "--quiet")
        project.commit("Start")
        return project


def own_lines(rendered: dict[str, str], edited: dict[str, str]) -> dict[str, Counter[str]]:
    """The owner's lines of each file."""
    found = {
        path: Counter(text.splitlines()) - Counter(rendered.get(path, "").splitlines())
        for path, text in edited.items()
    }
    return {path: lines for path, lines in found.items() if lines}


def lost_lines(own: dict[str, Counter[str]], updated: dict[str, str]) -> dict[str, Counter[str]]:
    """The owner's lines of each file that are missing."""
    found = {
        path: lines - Counter(updated.get(path, "").splitlines()) for path, lines in own.items()
    }
    return {path: lines for path, lines in found.items() if lines}
