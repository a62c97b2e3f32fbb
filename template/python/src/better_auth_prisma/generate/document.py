"""A Prisma schema as lines: enough syntax to know where to insert, and nothing lost on the way.

The parts of a file are its very lines, so ``"".join(document.lines)`` is the file, byte for byte.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

#: A string, or one of the two kinds of comment: what may hide braces from a reader.
_OPAQUE = re.compile(r'"(?:\\.|[^"\\])*"|//.*|/\*')
_OPEN = re.compile(r"(model|view|type|enum|generator|datasource)\s+([\w-]+)\s*\{\s*$")
_FIELD = re.compile(r"(\w+)\s+([\w.]+(?:\(.*?\))?)(\[\])?([?!])?\s*(@.*)?$")


@dataclass
class Field:
    """A field of a model: ``name Type[]? @attributes``."""

    name: str
    type: str
    is_list: bool
    is_optional: bool
    attributes: str
    line: int

    @property
    def column(self) -> str:
        """The name in the database: that of ``@map``, else the field's own."""
        mapped = re.search(r'@map\((?:name:\s*)?"([^"]*)"\)', self.attributes)
        return mapped[1] if mapped else self.name

    @property
    def has_default(self) -> bool:
        return bool(re.search(r"@(default|updatedAt)\b", self.attributes))

    @property
    def relation(self) -> str | None:
        """The arguments of ``@relation``; nothing if there is no such attribute."""
        found = re.search(r"@relation\((.*)\)", self.attributes)
        return found[1] if found else None


@dataclass
class Block:
    """A block such as ``model User { … }``; lines are counted from 0."""

    kind: str
    name: str
    start: int
    end: int = -1
    fields: list[Field] = field(default_factory=list)
    #: block attributes, as (text without comment, line)
    attributes: list[tuple[str, int]] = field(default_factory=list)
    #: lines that were not understood
    unknown: list[int] = field(default_factory=list)

    @property
    def table(self) -> str:
        """The name in the database: that of ``@@map``, else the block's own."""
        for text, _ in self.attributes:
            mapped = re.match(r'@@map\((?:name:\s*)?"([^"]*)"\)', text)
            if mapped:
                return mapped[1]
        return self.name

    def field(self, name: str) -> Field | None:
        """The field of this name or column, if there is one."""
        return next((one for one in self.fields if name in (one.name, one.column)), None)


@dataclass
class Document:
    """A schema file."""

    path: Path
    lines: list[str]
    blocks: list[Block]

    @property
    def line_end(self) -> str:
        return "\r\n" if any(line.endswith("\r\n") for line in self.lines[:1]) else "\n"

    @property
    def provider(self) -> str | None:
        """The provider of the datasource, if it stands in this file."""
        for block in self.blocks:
            if block.kind == "datasource":
                for line in self.lines[block.start : block.end]:
                    if found := re.match(r'\s*provider\s*=\s*"(\w+)"', line):
                        return found[1]
        return None


def read(path: Path) -> Document:
    """Reads a schema file.

    Raises:
        OSError: it cannot be read.
        UnicodeDecodeError: it is not UTF-8.
    """
    return parse(path, path.read_bytes().decode("utf-8"))


def parse(path: Path, text: str) -> Document:
    """Takes a schema apart; what is not understood is noted in its block, never refused."""
    lines = text.splitlines(keepends=True)
    blocks: list[Block] = []
    current: Block | None = None
    pending, depth, in_comment = "", 0, False
    for number, line in enumerate(lines):
        code, in_comment = _code(line, in_comment)
        code = code.strip()
        if not code:
            continue
        if current is None:
            if opened := _OPEN.match(code):
                current = Block(opened[1], opened[2], number)
            continue
        pending = f"{pending} {code}".strip()
        depth = _depth(pending)
        if depth > 0:
            continue
        if pending == "}":
            current.end = number
            blocks.append(current)
            current = None
        else:
            _classify(current, pending, number)
        pending = ""
    return Document(path, lines, blocks)


def _classify(block: Block, code: str, number: int) -> None:
    if block.kind not in ("model", "view", "type"):
        return
    if code.startswith("@@"):
        block.attributes.append((code, number))
    elif found := _FIELD.match(code):
        name, type_, is_list, mark, attributes = found.groups()
        block.fields.append(
            Field(name, type_, bool(is_list), mark == "?", attributes or "", number)
        )
    else:
        block.unknown.append(number)


def _code(line: str, in_comment: bool) -> tuple[str, bool]:
    """A line without its comments, and whether a ``/*`` is still open behind it."""
    code = ""
    while line:
        if in_comment:
            _, closed, line = line.partition("*/")
            in_comment = not closed
            continue
        found = _OPAQUE.search(line)
        if found is None or found[0].startswith("//"):
            return code + (line[: found.start()] if found else line), False
        if found[0] == "/*":
            code, line, in_comment = code + line[: found.start()], line[found.end() :], True
        else:
            code, line = code + line[: found.end()], line[found.end() :]
    return code, in_comment


def _depth(code: str) -> int:
    """How many brackets are open, outside of strings."""
    bare = re.sub(r'"(?:\\.|[^"\\])*"', "", code)
    return sum(bare.count(one) for one in "([") - sum(bare.count(one) for one in ")]")
