"""Inserts what is missing into a schema: only new lines, in the style of the surrounding ones."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from better_auth_setup.generate.document import Block, Document, Field
from better_auth_setup.generate.plan import Plan
from better_auth_setup.generate.tables import Column, Group, Table
from better_auth_setup.problem import Problem

_RESERVED = "go below this line."


@dataclass(frozen=True)
class Insertion:
    """Lines, without line ends, to insert before a line of a document."""

    document: Document
    before: int
    lines: list[str]


def insertions(plan: Plan) -> list[Insertion]:
    """The insertions for everything that a plan misses."""
    result: list[Insertion] = []
    for lack in plan.missing:
        if lack.block is None or lack.document is None:
            result.append(_new_model(lack.table, plan))
            continue
        result += [
            _new_fields(lack.document, lack.block, lack.table, one, plan.origins)
            for one in lack.groups
        ]
        if lack.attributes:
            result.append(_new_attributes(lack.document, lack.block, lack.attributes))
    return result


def apply(document: Document, made: Iterable[Insertion]) -> str:
    """The text of a document with the insertions.

    Raises:
        Problem: the result would lose a line of the document; it must not be written.
    """
    lines = list(document.lines)
    # Keep a missing line end at the end of the file, even if the last line is new.
    open_end = "" if "".join(lines[-1:]).endswith("\n") else document.line_end(len(lines))
    lines[-1:] = [line + open_end for line in lines[-1:]]
    own = [one for one in made if one.document is document]
    # From the bottom up; insertions at the same place keep their order.
    for one in sorted(reversed(own), key=lambda one: -one.before):
        end = document.line_end(one.before)
        lines[one.before : one.before] = [line + end for line in one.lines]
    lines[-1:] = [line.removesuffix(open_end) for line in lines[-1:]]
    rest = iter(lines)
    if not all(any(_bare(line) == _bare(new) for new in rest) for line in document.lines):
        raise Problem(f"{document.path} is left as it is: an insertion would change a line.")
    return "".join(lines)


def _bare(line: str) -> str:
    return line.rstrip("\r\n")


def _is_ours(document: Document) -> bool:
    """Whether the file has the template's layout, with its "go below this line" comments."""
    return any(_RESERVED in line for line in document.lines)


def _rows(columns: list[Column], indent: str, names: int = 0, types: int = 0) -> list[str]:
    """Fields in columns of at least the given widths."""
    return [
        f"{indent}{one.name:{names}} {one.type:{types}} {one.attributes}".rstrip()
        for one in columns
    ]


def _aligned(columns: list[Column], indent: str) -> list[str]:
    """Fields aligned as by ``prisma format``."""
    names = max(len(column.name) for column in columns)
    types = max(len(column.type) for column in columns)
    return _rows(columns, indent, names, types)


# --- models -----------------------------------------------------------------------------------


def _new_model(table: Table, plan: Plan) -> Insertion:
    home, indent = plan.conventions.home, plan.conventions.indent
    lines = [f"model {table.name} {{"]
    for group in table.groups:
        lines += [] if group.origin == table.origin else [f"{indent}// {group.origin}"]
        lines += [*_aligned(group.columns, indent), ""]
    lines += [*_aligned(table.tail, indent), ""] if table.tail else []
    if _is_ours(home):
        lines += [f"{indent}// Your own fields and relations of {table.name} {_RESERVED}", ""]
    lines += [f"{indent}{attribute}" for attribute in table.attributes]
    while lines[-1] == "":
        lines.pop()
    lines.append("}")
    before = _place_of_model(home, table, plan.models)
    at_end = before == len(home.lines)
    return Insertion(home, before, ["", *lines] if at_end else [*lines, ""])


def _place_of_model(document: Document, table: Table, order: list[str]) -> int:
    """The line for a new model: in the template's layout its place in the order, else the end."""
    last = len(document.lines)
    if not _is_ours(document):
        return last
    later = order[order.index(table.name) + 1 :]
    starts = [one.start for one in document.blocks if one.kind == "model" and one.name in later]
    if starts:
        return min(starts)
    reserved = [n for n, line in enumerate(document.lines) if _RESERVED in line]
    blocks = max((one.end for one in document.blocks), default=-1)
    return next((n for n in reserved if n > blocks), last)


# --- fields -----------------------------------------------------------------------------------


def _new_fields(
    document: Document, block: Block, table: Table, group: Group, order: list[str]
) -> Insertion:
    lines = range(block.start, block.end)
    reserved = next((n for n in lines if _RESERVED in document.lines[n]), None)
    if reserved is None:
        return _behind(document, block, block.fields, group.columns)
    above = [one for one in block.fields if one.line < reserved]
    rows = _aligned(group.columns, document.indent(block))
    if group.origin != table.origin:
        titles = _titles(document, block, order)
        if group.origin in titles.values():
            start = next(line for line, title in titles.items() if title == group.origin)
            there = _group_at(document, block, start + 1)
            return _behind(document, block, there, group.columns, may_be_apart=True)
        later = order[order.index(group.origin) + 1 :]
        tail = {column.name for column in table.tail}
        ends = [one.line for one in above if one.name in tail]
        place = min(
            [line for line, title in titles.items() if title in later] or ends or [reserved]
        )
        title = f"{document.indent(block)}// {group.origin}"
        return Insertion(document, place, [title, *rows, ""])
    if {column.name for column in group.columns} & {column.name for column in table.tail}:
        return Insertion(document, reserved, [*rows, ""])
    return _behind(document, block, above, group.columns, may_be_apart=True)


def _titles(document: Document, block: Block, order: list[str]) -> dict[int, str]:
    """The lines above groups of fields, with the origin of each group."""
    titles = {}
    for number in range(block.start, block.end):
        text = document.lines[number].strip()
        title = text[3:].split(",")[0] if text.startswith("// ") else ""
        owners = [one for one in order if title == one or title.startswith(f"{one}-")]
        if owners:
            titles[number] = max(owners, key=len)
    return titles


def _group_at(document: Document, block: Block, start: int) -> list[Field]:
    """The consecutive fields from a line on."""
    fields = {one.line: one for one in block.fields}
    group = []
    while start < block.end and document.lines[start].strip():
        group += [fields[start]] if start in fields else []
        start += 1
    return group


def _behind(
    document: Document,
    block: Block,
    fields: list[Field],
    columns: list[Column],
    *,
    may_be_apart: bool = False,
) -> Insertion:
    """New lines after the last of some fields: aligned with them, or apart if they are wider."""
    last = max((one.line for one in fields), default=block.start)
    names, types = _widths(document, fields)
    indent = document.indent(block)
    rows = _rows(columns, indent, names, types)
    is_wider = any(len(one.name) > names or len(one.type) > types for one in columns)
    if may_be_apart and is_wider:
        rows = ["", *_aligned(columns, indent)]
    return Insertion(document, last + 1, rows)


def _widths(document: Document, fields: list[Field]) -> tuple[int, int]:
    """The widths of names and types in the group with the last of some fields; 0 if they differ."""
    group: list[Field] = []
    for one in sorted(fields, key=lambda one: -one.line):
        if group and group[-1].line - one.line > 1:
            break
        group.append(one)
    names, types = set(), set()
    for one in group:
        row = re.match(r"\s*(\w+\s+)(\S+\s*)(@?)", document.lines[one.line])
        if row:
            names.add(len(row[1]) - 1)
            if row[3]:
                types.add(len(row[2]) - 1)
    return (
        names.pop() if len(names) == 1 else 0,
        types.pop() if len(types) == 1 else 0,
    )


# --- block attributes -------------------------------------------------------------------------


def _new_attributes(document: Document, block: Block, attributes: list[str]) -> Insertion:
    """After the last ``@@unique`` or ``@@index``, else before the other block attributes."""
    lines = [f"{document.indent(block)}{attribute}" for attribute in attributes]
    own = ("@@unique", "@@index")
    indexes = [last for text, _, last in block.attributes if text.startswith(own)]
    if indexes:
        return Insertion(document, max(indexes) + 1, lines)
    if block.attributes:
        first = min(first for _, first, _ in block.attributes)
        while document.lines[first - 1].lstrip().startswith("//"):
            first -= 1  # keep a comment with the line below it
        return Insertion(document, first, lines)
    is_apart = not document.lines[block.end - 1].strip()
    return Insertion(document, block.end, lines if is_apart else ["", *lines])
