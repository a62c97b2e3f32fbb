"""The lines of a schema, with keys that identify a line across versions of the schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from better_auth_setup.generate.document import Block, Document, Field
from better_auth_setup.generate.tables import columns_in, names_in, with_names

_SINGLE = re.compile(r"@@(map|schema|id|ignore)\b")


@dataclass(frozen=True)
class Line:
    """A line of a block.

    Attributes:
        number: its number in the document, from 0.
        raw: the line without its end.
        text: the line without alignment.
        label: its name in messages; empty for a comment.
        name: a field's name.
        type: a field's type, under the release's name for the model.
        names: the fields of the model that it refers to.
    """

    number: int
    raw: str
    text: str
    label: str = ""
    name: str = ""
    type: str = ""
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Run:
    """Consecutive new lines of a release, with the lines around them there."""

    lines: list[Line]
    #: the keys of the lines before and after it, nearest first; blank lines have none
    before: list[str]
    after: list[str]


class Side:
    """One version of the schema: its blocks by name, and the lines of each by key."""

    def __init__(self, document: Document, like: tuple[Side, ...] = ()) -> None:
        self.document = document
        self.blocks: dict[str, Block] = {}
        #: this schema's model names, by the release's
        self._own_names: dict[str, str] = {}
        tables = {
            block.table: name
            for side in like
            for name, block in side.blocks.items()
            if block.kind == "model"
        }
        names = {name for side in like for name in side.blocks}
        for block in document.blocks:
            name = block.name if block.name in names else tables.get(block.table, block.name)
            self.blocks[name] = block
            self._own_names[name] = block.name
        self._known = {name: dict(self._keyed(block)) for name, block in self.blocks.items()}

    def __contains__(self, name: str) -> bool:
        return name in self.blocks

    def lines(self, name: str) -> dict[str, Line]:
        """The lines of a block by key, without blank ones; empty if there is no block."""
        return self._known.get(name, {})

    def texts(self, name: str) -> list[str]:
        return [line.text for line in self.lines(name).values()]

    def renamed(self, line: Line, name: str) -> str:
        """A line of a release with this schema's names for models and fields."""
        own = self._own_names.get(line.type, line.type)
        raw = line.raw
        if line.type and own != line.type:
            raw = re.sub(rf"^(\s*\w+\s+){line.type}\b", rf"\g<1>{own}", raw)
        fields = self.blocks[name].fields if name in self.blocks else []
        columns = {one.column: one.name for one in fields if one.column != one.name}
        return with_names(raw, columns) if columns and "[" in raw else raw

    def _release_name(self, kind: str) -> str:
        return next((name for name, own in self._own_names.items() if own == kind), kind)

    def _keyed(self, block: Block) -> Iterator[tuple[str, Line]]:
        fields = {one.line: one for one in block.fields}
        attributes = {first: text for text, first, _ in block.attributes}
        columns = {one.name: one.column for one in block.fields}
        for number in range(block.start + 1, block.end):
            raw = self.document.lines[number].rstrip("\r\n")
            text = " ".join(raw.split())
            if number in fields:
                yield self._field(fields[number], number, raw, text)
            elif number in attributes:
                code = attributes[number]
                single = _SINGLE.match(code)
                released = with_names(" ".join(code.split()), columns)
                names = frozenset(names_in("fields", code) or columns_in(code))
                yield (
                    single[0] if single else released,
                    Line(number, raw, text, label=code, names=names),
                )
            elif text:
                yield text, Line(number, raw, text, label="" if text.startswith("//") else text)

    def _field(self, one: Field, number: int, raw: str, text: str) -> tuple[str, Line]:
        type_ = self._release_name(one.type)
        keys = names_in("fields", one.relation or "")
        line = Line(number, raw, text, one.name, one.name, type_, frozenset(keys))
        if one.relation is None and one.type not in self._own_names.values():
            return one.column, line
        # Relations are identified by type and fields, because owners rename them.
        return f"relation {type_} {one.relation_name} {keys}", line


def runs(release: Side, name: str, known: set[str]) -> Iterator[Run]:
    """The lines of a release's block whose keys are not known, grouped by position."""
    block = release.blocks[name]
    keys = {line.number: key for key, line in release.lines(name).items()}
    lines = {line.number: line for line in release.lines(name).values()}
    numbers = range(block.start + 1, block.end)
    new = [number for number in numbers if number in keys and keys[number] not in known]
    while new:
        run = [new.pop(0)]
        while new and new[0] == run[-1] + 1:
            run.append(new.pop(0))
        if any(lines[number].label for number in run):
            before = [keys.get(n, "") for n in range(run[0] - 1, block.start, -1)]
            after = [keys.get(n, "") for n in range(run[-1] + 1, block.end)]
            yield Run([lines[number] for number in run], before, after)


def insertion_of(
    run: Run, texts: list[str], mine: Side, name: str, released: set[str]
) -> tuple[int, list[str], bool]:
    """The place of new lines in an edited block: line number, lines, and whether after it.

    Next to the same neighbour as in the release, if it still exists; else as a group before the
    next neighbour that exists, or after the last one.
    """
    document, own = mine.document, mine.lines(name)
    if run.before[:1] and run.before[0] in own:
        return own[run.before[0]].number, texts, True
    if run.after[:1] and run.after[0] in own:
        return own[run.after[0]].number, texts, False
    following = next((own[key].number for key in run.after if key in own), None)
    if following is not None:
        # Keep the user's comment with the line below it.
        while _is_own_comment(document.lines[following - 1], released):
            following -= 1
        apart = bool(document.lines[following - 1].strip()) and following - 1 > _start(mine, name)
        return following, [*([""] if apart else []), *texts, ""], False
    behind = next((own[key].number for key in run.before if key in own), _start(mine, name))
    return behind, [*([""] if behind > _start(mine, name) else []), *texts], True


def comment_above(document: Document, number: int) -> int:
    """The first line of the comment directly above a line, or the line itself."""
    while number and document.lines[number - 1].lstrip().startswith("//"):
        number -= 1
    return number


def _start(side: Side, name: str) -> int:
    return side.blocks[name].start


def _is_own_comment(line: str, released: set[str]) -> bool:
    return line.lstrip().startswith("//") and " ".join(line.split()) not in released
