"""The type of an edit; ``library`` has the edits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Change = Callable[[str], str]


@dataclass(frozen=True)
class Edit:
    """An edit that finds its place by the surrounding text, and so applies to several releases.

    Attributes:
        name: a description.
        changes: for each file, a function of its text; None deletes the file.
        stacks: the stacks to which it applies.
    """

    name: str
    changes: dict[str, Change | None]
    stacks: tuple[str, ...] = ("python", "typescript")

    def edited(self, files: dict[str, str]) -> dict[str, str]:
        """A project's files with the edit; raises AssertionError if its place is missing."""
        result = dict(files)
        for name, change in self.changes.items():
            if change is None:
                assert name in result, f"not there: {name}"
                del result[name]
            else:
                result[name] = change(result.get(name, ""))
        return result

    def has_place(self, files: dict[str, str]) -> bool:
        """Whether these files have a place for the edit."""
        try:
            self.edited(files)
        except AssertionError:
            return False
        return True

    def apply(self, folder: Path) -> None:
        """Edits a project's files; raises AssertionError if the place is missing."""
        present = [name for name in self.changes if (folder / name).exists()]
        result = self.edited({name: (folder / name).read_text() for name in present})
        for name in self.changes:
            path = folder / name
            if name in result:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(result[name])
            else:
                path.unlink()


def fitting(script: list[Edit], *projects: dict[str, str]) -> list[Edit]:
    """The edits of a script for which each of the projects has a place."""
    found = []
    for edit in script:
        if all(edit.has_place(files) for files in projects):
            found.append(edit)
            projects = tuple(edit.edited(files) for files in projects)
    return found


def below(line: str, *added: str) -> Change:
    return instead(line, "\n".join([line, *added]))


def above(line: str, *added: str) -> Change:
    return instead(line, "\n".join([*added, line]))


def instead(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert text.count(old) == 1, f"not there once: {old}"
        return text.replace(old, new)

    return change


def at_the_end(*lines: str) -> Change:
    return lambda text: text + "\n".join([*lines, ""])


def then(*changes: Change) -> Change:
    def change(text: str) -> str:
        for each in changes:
            text = each(text)
        return text

    return change


def own(model: str, *lines: str) -> Change:
    """An edit that adds lines at a model's reserved place."""
    return below(f"  // Your own fields and relations of {model} go below this line.", *lines)
