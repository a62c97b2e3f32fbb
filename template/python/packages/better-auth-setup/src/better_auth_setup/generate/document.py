"""A lossless parser for Prisma schemas, with enough syntax to know where to insert.

``"".join(document.lines)`` is the file, byte for byte. Lines that the parser does not understand
are recorded and kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from better_auth_setup.generate.files import schema_text

#: Strings and both kinds of comments, whose braces do not count.
_OPAQUE = re.compile(r'"(?:\\.|[^"\\])*"|//.*|/\*')
_OPEN = re.compile(r"(model|view|type|enum|generator|datasource)\s+([\w-]+)\s*\{$")
_FIELD = re.compile(r"(\w+)\s+([\w.]+(?:\(.*?\))?)\s*(\[\])?\s*([?!])?\s*(@.*)?$")
_VALUE = re.compile(r"(\w+)\s*(?:@.*)?$")
_SETTING = re.compile(r"(\w+)\s*=\s*(.*)$")
#: Lines of prisma-import, allowed between blocks.
_BETWEEN = re.compile(r"import\b")
_MAP = re.compile(r'@map\(\s*(?:name:\s*)?"([^"]*)"\s*\)')


@dataclass
class Field:
    """A field of a model: ``name Type[]? @attributes``; lines are counted from 0."""

    name: str
    type: str
    is_list: bool
    is_optional: bool
    attributes: str
    #: the field's last line
    line: int

    @property
    def column(self) -> str:
        """The column's name: that of ``@map``, else the field's."""
        mapped = _MAP.search(self.attributes)
        return mapped[1] if mapped else self.name

    @property
    def native_type(self) -> str:
        """``@db.Uuid`` and the like; empty for Prisma's default."""
        found = re.search(r"@db\.\w+(\([^)]*\))?", self.attributes)
        return found[0] if found else ""

    @property
    def is_filled(self) -> bool:
        """Whether an insert may omit it."""
        is_filled = re.search(r"@(default|updatedAt)\b", self.attributes)
        return self.is_list or self.is_optional or bool(is_filled)

    @property
    def relation(self) -> str | None:
        """The arguments of ``@relation``; None without the attribute."""
        found = re.search(r"@relation\((.*)\)", self.attributes)
        return found[1] if found else None

    @property
    def relation_name(self) -> str:
        """The name of its relation; empty without one."""
        bare = re.sub(r"(\w+:\s*\[.*?\]|\bmap:\s*\"[^\"]*\")", "", self.relation or "")
        found = re.search(r'"([^"]*)"', bare)
        return found[1] if found else ""


@dataclass
class Block:
    """A block such as ``model User { … }``."""

    kind: str
    name: str
    start: int
    end: int = -1
    fields: list[Field] = field(default_factory=list)
    #: block attributes, as (text without comment, first line, last line)
    attributes: list[tuple[str, int, int]] = field(default_factory=list)
    #: an enum's values, without their ``@map`` names
    values: list[str] = field(default_factory=list)
    #: the assignments of a datasource or generator
    settings: dict[str, str] = field(default_factory=dict)
    unknown: list[int] = field(default_factory=list)

    @property
    def table(self) -> str:
        """The table's name: that of ``@@map``, else the block's."""
        mapped = (_MAP.match(text[1:]) for text, _, _ in self.attributes if "@@map" in text)
        return next((found[1] for found in mapped if found), self.name)

    def attribute(self, name: str) -> str | None:
        """The first block attribute with this name, such as ``@@schema``."""
        texts = (text for text, _, _ in self.attributes)
        return next((text for text in texts if re.match(rf"{name}\b", text)), None)


@dataclass
class Document:
    """A schema file."""

    path: Path
    lines: list[str]
    blocks: list[Block]
    #: lines outside of blocks, and unterminated blocks, that the parser does not understand
    unknown: list[int]

    def indent(self, block: Block | None) -> str:
        """The indentation of a block's fields; two spaces if it has none."""
        if block is None or not block.fields:
            return "  "
        line = self.lines[block.fields[0].line]
        return line[: len(line) - len(line.lstrip())]

    def line_end(self, line: int) -> str:
        """The line end to use at a place: that of the line before it, else of the first line."""
        near = self.lines[max(0, line - 1)] if self.lines else ""
        if not near.endswith("\n") and self.lines:
            near = self.lines[0]
        return "\r\n" if near.endswith("\r\n") else "\n"


def read(path: Path) -> Document:
    """Reads a schema file.

    Raises:
        OSError: it cannot be read.
        Problem: Prisma does not take its encoding.
    """
    return parse(path, schema_text(path))


def client_folders(documents: Iterable[Document]) -> list[Path | None]:
    """The ``output`` folders of the schema's generators; None for a generator without one."""
    return [
        (document.path.parent / output.strip("\"'")).resolve() if output else None
        for document in documents
        for block in document.blocks
        if block.kind == "generator"
        for output in [block.settings.get("output")]
    ]


def parse(path: Path, text: str) -> Document:
    """Parses the text of a schema; never fails."""
    document = Document(path, re.findall(r"[^\n]*\n|[^\n]+", text), [], [])
    current: Block | None = None
    pending, first, in_comment = "", 0, False
    for number, line in enumerate(document.lines):
        code, in_comment = _code(line, in_comment)
        if not code.strip():
            continue
        if current is None:
            if opened := _OPEN.match(code.strip()):
                current = Block(opened[1], opened[2], number)
            elif not _BETWEEN.match(code.strip()):
                document.unknown.append(number)
            continue
        first = first if pending else number
        pending = f"{pending} {code.strip()}".strip()
        if _depth(pending) > 0:
            continue
        if pending == "}":
            current.end = number
            document.blocks.append(current)
            current = None
        else:
            _classify(current, pending, first, number)
        pending = ""
    if current is not None:
        document.unknown.append(current.start)
    return document


def _classify(block: Block, code: str, first: int, last: int) -> None:
    """Records what a line of a block is, or several lines within brackets."""
    if code.startswith("@@"):
        block.attributes.append((code, first, last))
    elif block.kind in ("datasource", "generator"):
        if found := _SETTING.match(code):
            block.settings[found[1]] = found[2]
    elif block.kind == "enum" and (found := _VALUE.match(code)):
        block.values.append(found[1])
    elif found := _FIELD.match(code):
        name, type_, is_list, mark, attributes = found.groups()
        block.fields.append(Field(name, type_, bool(is_list), mark == "?", attributes or "", last))
    else:
        block.unknown.append(first)


def _code(line: str, in_comment: bool) -> tuple[str, bool]:
    """A line without its comments, and whether a ``/*`` is still open after it."""
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
    """The number of open brackets, outside of strings."""
    bare = re.sub(r'"(?:\\.|[^"\\])*"', "", code)
    return sum(map(bare.count, "([")) - sum(map(bare.count, ")]"))
