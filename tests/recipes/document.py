"""Parses the recipes of ``docs/recipes.md``, and follows them in a project."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.template import REPOSITORY

DOCUMENT = REPOSITORY / "docs" / "recipes.md"
#: The stacks and frameworks that a step applies to, by the name with which the step begins.
READERS = {
    "Python": [("python", "hono"), ("python", "nextjs")],
    "TypeScript": [("typescript", "hono"), ("typescript", "nextjs")],
    "Hono": [("typescript", "hono")],
    "Next.js": [("typescript", "nextjs")],
}
#: The folder of the files in `SHARED`, by stack and framework.
FOLDERS = {
    ("python", "hono"): "auth",
    ("python", "nextjs"): "web/src/lib",
    ("typescript", "hono"): "src/lib",
    ("typescript", "nextjs"): "src/lib",
}
SHARED = ("auth.ts", "auth-client.ts", "messages.ts")

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_PLACES = {
    "insert": re.compile(r"in `([^`]+)`, below `([^`]+)`:$", re.IGNORECASE),
    "replace": re.compile(r"in `([^`]+)`, in place of `([^`]+)`:$", re.IGNORECASE),
    "append": re.compile(
        r"at the end of `([^`]+)`(?:, after (an|two) empty lines?)?:$", re.IGNORECASE
    ),
    "create": re.compile(r"new file `([^`]+)`:$", re.IGNORECASE),
}


@dataclass(frozen=True)
class Step:
    """A step of a reader: an edit, a command, or setup."""

    kind: str  # insert, replace, append, create, run, setup
    #: the name of those for whom it is; empty for all
    reader: str
    file: str = ""
    place: str = ""  # insert: the line above; replace: what goes
    text: str = ""


def recipes() -> dict[str, list[Step]]:
    """The steps of each recipe by title."""
    _, *sections = re.split(r"^## ", DOCUMENT.read_text(), flags=re.MULTILINE)
    found = {}
    for section in sections:
        title, _, body = section.partition("\n")
        found[title] = list(_steps(body))
    return found


def _steps(body: str) -> Iterator[Step]:
    start = 0
    for fence in _FENCE.finditer(body):
        prose = body[start : fence.start()]
        yield from _setups(prose)
        yield _step(prose.strip().rpartition("\n")[2], fence[1], fence[2])
        start = fence.end()
    yield from _setups(body[start:])


def _setups(prose: str) -> Iterator[Step]:
    for _ in re.findall(r"^Run setup\b", prose, re.MULTILINE):
        yield Step("setup", "")


def _step(sentence: str, language: str, text: str) -> Step:
    named = re.match(rf"({'|'.join(map(re.escape, READERS))}): ", sentence)
    reader = named[1] if named else ""
    if language == "console":
        return Step("run", reader, text=text)
    for kind, pattern in _PLACES.items():
        if place := pattern.search(sentence):
            more = (*place.groups(""), "")[1]
            if kind == "append":
                text = {"": "", "an": "\n", "two": "\n\n"}[more] + text
            return Step(kind, reader, place[1], more, text)
    raise AssertionError(f"a reader does not know where this goes: {sentence!r}\n{text}")


class Reader:
    """Follows recipes in a project.

    Args:
        stack: of the project, and its framework.
        folder: of the project.
        run: runs a shell command that must succeed in the project's folder.
        set_up: runs setup.
    """

    def __init__(
        self,
        stack: tuple[str, str],
        folder: Path,
        run: Callable[[str], object],
        set_up: Callable[[], object],
    ) -> None:
        self.stack, self.folder = stack, folder
        self._run, self._set_up = run, set_up

    def commands(self, title: str) -> list[str]:
        """The commands of a recipe."""
        steps = [step for step in self._steps(title) if step.kind == "run"]
        return [command for step in steps for command in _commands(step.text)]

    def edit(self, title: str) -> bool:
        """Makes the edits of a recipe; returns whether setup must follow."""
        for step in self._steps(title):
            self._edit(step)
        return any(step.kind == "setup" for step in self._steps(title))

    def follow(self, title: str) -> None:
        """Executes all steps in order."""
        for step in self._steps(title):
            if step.kind == "setup":
                self._set_up()
            elif step.kind == "run":
                for command in _commands(step.text):
                    self._run(command)
            else:
                self._edit(step)

    def path(self, name: str) -> Path:
        """The path of a file that a recipe names."""
        return self.folder / (f"{FOLDERS[self.stack]}/{name}" if name in SHARED else name)

    def _steps(self, title: str) -> list[Step]:
        steps = recipes()[title]
        return [step for step in steps if not step.reader or self.stack in READERS[step.reader]]

    def _edit(self, step: Step) -> None:
        file = self.path(step.file)
        if step.kind == "create":
            assert not file.exists(), file
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(step.text)
        elif step.kind == "append":
            with file.open("a") as existing:
                existing.write(step.text)
        elif step.kind == "insert":
            before = file.read_text()
            lines = re.findall(rf"^.*{re.escape(step.place)}.*\n", before, re.MULTILINE)
            assert len(lines) == 1, f"{step.file} has {len(lines)} lines with {step.place!r}"
            file.write_text(before.replace(lines[0], lines[0] + step.text))
        elif step.kind == "replace":
            before = file.read_text()
            assert before.count(step.place) == 1, f"{step.file} has not one {step.place!r}"
            file.write_text(before.replace(step.place, step.text.rstrip("\n")))


def _commands(text: str) -> list[str]:
    return [line.removeprefix("$ ") for line in text.splitlines() if line.startswith("$ ")]
