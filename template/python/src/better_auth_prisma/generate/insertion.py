"""Writes what is missing into a schema: only new lines, in the style of the lines around them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from better_auth_prisma.generate.document import Block, Document
from better_auth_prisma.generate.plan import Missing
from better_auth_prisma.generate.tables import Column, Group, Table, features_in_order

_RESERVED = "go below this line."


@dataclass(frozen=True)
class Insertion:
    """Lines, without line ends, that go before a line of a document."""

    document: Document
    before: int
    lines: list[str]


def insertions(documents: list[Document], missing: Iterable[Missing]) -> list[Insertion]:
    """Where each missing thing goes, and how it is written there."""
    result: list[Insertion] = []
    for lack in missing:
        if lack.block is None or lack.document is None:
            result.append(_new_model(documents, lack.table))
            continue
        result += [_new_fields(lack.document, lack.block, lack.table, one) for one in lack.groups]
        if lack.attributes:
            result.append(_new_attributes(lack.document, lack.block, lack.attributes))
    return result


def apply(document: Document, made: Iterable[Insertion]) -> str:
    """The text of a document with the insertions.

    Raises:
        AssertionError: a line of the document would be lost; nothing of it must be written.
    """
    lines = list(document.lines)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += document.line_end
    own = [one for one in made if one.document is document]
    # From the bottom up, and what goes to one place in the order in which it came.
    for one in sorted(reversed(own), key=lambda one: -one.before):
        lines[one.before : one.before] = [line + document.line_end for line in one.lines]
    rest = iter(lines)
    assert all(
        any(line.rstrip("\r\n") == new.rstrip("\r\n") for new in rest) for line in document.lines
    )
    return "".join(lines)


def _is_ours(document: Document) -> bool:
    """Whether the file has the layout of the template, with its reserved places."""
    return any(_RESERVED in line for line in document.lines)


def _aligned(columns: list[Column], indent: str) -> list[str]:
    """Fields in the columns of ``prisma format``."""
    names = max(len(column.name) for column in columns)
    types = max(len(column.type) for column in columns)
    return [
        f"{indent}{one.name:{names}} {one.type:{types}} {one.attributes}".rstrip()
        for one in columns
    ]


def _order(feature: str) -> int:
    order = features_in_order()
    return order.index(feature) if feature in order else len(order)


def _new_model(documents: list[Document], table: Table) -> Insertion:
    home = next((one for one in documents if _model(one, "User")), documents[0])
    lines = [f"model {table.name} {{"]
    for group in table.groups:
        lines += [] if group.feature == table.feature else [f"  // {group.title}"]
        lines += [*_aligned(group.columns, "  "), ""]
    lines += [*_aligned(table.tail, "  "), ""] if table.tail else []
    if _is_ours(home):
        lines += [f"  // Your own fields and relations of {table.name} {_RESERVED}", ""]
    attributes = table.attributes if _maps_tables(home, table) else table.attributes[:-1]
    lines += [f"  {attribute}" for attribute in attributes]
    lines += _schema_attribute(home)
    while lines[-1] == "":
        lines.pop()
    lines.append("}")
    before = _place_of_model(home, table)
    at_end = before == len(home.lines)
    return Insertion(home, before, ["", *lines] if at_end else [*lines, ""])


def _model(document: Document, name: str) -> Block | None:
    models = (block for block in document.blocks if block.kind == "model")
    return next((block for block in models if block.name.lower() == name.lower()), None)


def _maps_tables(document: Document, table: Table) -> bool:
    """Whether a new model says ``@@map``: unless the project has none, and no name asks for it."""
    user = _model(document, "User")
    return user is None or any(text.startswith("@@map") for text, _ in user.attributes)


def _schema_attribute(document: Document) -> list[str]:
    user = _model(document, "User")
    attributes = user.attributes if user else []
    return [f"  {text}" for text, _ in attributes if text.startswith("@@schema")]


def _place_of_model(document: Document, table: Table) -> int:
    """In our layout behind the models of the features before it; else at the end."""
    if not _is_ours(document):
        return len(document.lines)
    verification = _model(document, "Verification")
    if verification:
        return verification.start
    last = len(document.lines)
    return last - 1 if _RESERVED in document.lines[-1] else last


def _new_fields(document: Document, block: Block, table: Table, group: Group) -> Insertion:
    indent = _indent(document, block)
    lines = _aligned(group.columns, indent)
    reserved = _reserved_line(document, block)
    if reserved is None or group.feature == table.feature:
        last = max((one.line for one in block.fields), default=block.start)
        if reserved is not None and any(
            c.name == t.name for c in group.columns for t in table.tail
        ):
            return Insertion(document, reserved, [*lines, ""])
        return Insertion(document, last + 1, _like(document, block, group.columns, indent))
    return Insertion(
        document, _place_of_group(document, block, table, group, reserved),
        [f"{indent}// {group.title}", *lines, ""],
    )  # fmt: skip


def _reserved_line(document: Document, block: Block) -> int | None:
    lines = range(block.start, block.end)
    return next((n for n in lines if _RESERVED in document.lines[n]), None)


def _place_of_group(
    document: Document, block: Block, table: Table, group: Group, reserved: int
) -> int:
    """Before the first group of a later feature, else before the tail, else the reserved place."""
    for number in range(block.start, reserved):
        text = document.lines[number].strip()
        title = text[3:].split(",")[0] if text.startswith("// ") else ""
        if title in features_in_order() and _order(title) > _order(group.feature):
            return number
    tail = [one.line for one in block.fields if one.name in {column.name for column in table.tail}]
    return min((line for line in tail if line < reserved), default=reserved)


def _like(document: Document, block: Block, columns: list[Column], indent: str) -> list[str]:
    """Fields in the columns of the group that the model's last field belongs to."""
    names = types = 0
    previous = None
    for one in reversed(block.fields):
        if previous is not None and previous - one.line > 1:
            break
        previous = one.line
        line = document.lines[one.line].removeprefix(indent)
        row = re.match(r"(\w+ +)(\S+ *)", line)
        if row:
            names = max(names, len(row[1]) - 1)
            types = max(types, len(row[2]) - 1 if one.attributes else 0)
    return [
        f"{indent}{one.name:{names}} {one.type:{types}} {one.attributes}".rstrip()
        for one in columns
    ]


def _indent(document: Document, block: Block) -> str:
    if not block.fields:
        return "  "
    line = document.lines[block.fields[0].line]
    return line[: len(line) - len(line.lstrip())]


def _new_attributes(document: Document, block: Block, attributes: list[str]) -> Insertion:
    """Behind the last ``@@unique`` or ``@@index``, else before the other block attributes."""
    lines = [f"{_indent(document, block)}{attribute}" for attribute in attributes]
    indexes = [n for text, n in block.attributes if text.startswith(("@@unique", "@@index"))]
    if indexes:
        return Insertion(document, max(indexes) + 1, lines)
    if block.attributes:
        return Insertion(document, min(n for _, n in block.attributes), lines)
    return Insertion(document, block.end, ["", *lines])
