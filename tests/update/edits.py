"""What an edit of a project is; ``library`` has those that people make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Change = Callable[[str], str]


@dataclass(frozen=True)
class Edit:
    """An edit that finds its place by the text around it, so that any release can have it.

    Attributes:
        name: what it is.
        changes: by file, what becomes of its text; None deletes the file.
        stacks: those that it is for.
    """

    name: str
    changes: dict[str, Change | None]
    stacks: tuple[str, ...] = ("python", "typescript")

    def apply(self, folder: Path) -> None:
        """Edits a project's files; raises AssertionError where the place is missing."""
        for name, change in self.changes.items():
            path = folder / name
            if change is None:
                path.unlink()
            else:
                text = path.read_text() if path.exists() else ""
                path.parent.mkdir(exist_ok=True)
                path.write_text(change(text))


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
    """Lines in the reserved place of a model."""
    return below(f"  // Your own fields and relations of {model} go below this line.", *lines)
