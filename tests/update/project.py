"""A project that somebody made with a release of the template, in a git repository."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copier import run_copy, run_update

from tests.update.history import git

MARKER = "<<<<<<< before updating"


@dataclass(frozen=True)
class Project:
    """A project's folder, and the template's repository it comes from."""

    folder: Path
    template: Path

    @classmethod
    def make(cls, template: Path, tag: str, folder: Path, answers: dict[str, Any]) -> Project:
        """Renders a release and commits it."""
        project = cls.render(template, tag, folder, answers)
        git(folder, "init", "--quiet")
        project.commit("Start")
        return project

    @classmethod
    def render(cls, template: Path, tag: str, folder: Path, answers: dict[str, Any]) -> Project:
        """Renders a release outside of git."""
        run_copy(str(template), folder, data=answers, vcs_ref=tag, defaults=True, quiet=True)
        return cls(folder, template)

    def commit(self, message: str) -> None:
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "--allow-empty", "--message", message)

    def update(self, tag: str | None = None, **answers: Any) -> None:
        """`copier update`, to a release or the newest, without ``--trust``; raises as Copier."""
        run_update(
            self.folder, data=answers, vcs_ref=tag, defaults=True, overwrite=True, quiet=True
        )

    def files(self) -> dict[str, str]:
        """The text of each file, but for the answers' line that names the release."""
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
        return [path for path, text in self.files().items() if MARKER in text]


def own_lines(rendered: dict[str, str], edited: dict[str, str]) -> dict[str, Counter[str]]:
    """By file, the lines that somebody wrote."""
    found = {
        path: Counter(text.splitlines()) - Counter(rendered.get(path, "").splitlines())
        for path, text in edited.items()
    }
    return {path: lines for path, lines in found.items() if lines}


def lost_lines(own: dict[str, Counter[str]], updated: dict[str, str]) -> dict[str, Counter[str]]:
    """By file, the lines that somebody wrote and that are gone."""
    found = {
        path: lines - Counter(updated.get(path, "").splitlines()) for path, lines in own.items()
    }
    return {path: lines for path, lines in found.items() if lines}
