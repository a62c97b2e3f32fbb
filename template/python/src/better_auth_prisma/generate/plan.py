"""What a schema lacks of what better-auth needs, and what stands in better-auth's way."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from better_auth_prisma.generate.document import Block, Document, Field
from better_auth_prisma.generate.tables import Column, Group, Table


@dataclass
class Missing:
    """What one model lacks."""

    table: Table
    #: the model, or nothing where all of it is missing
    block: Block | None
    document: Document | None
    groups: list[Group] = field(default_factory=list)
    attributes: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return self.block is None or bool(self.groups or self.attributes)

    def __str__(self) -> str:
        if self.block is None:
            return f"model {self.table.name}"
        names = [column.name for group in self.groups for column in group.columns]
        return f"model {self.block.name}: {', '.join([*names, *self.attributes])}"


@dataclass
class Plan:
    """What is to be added, and what has to be put right by hand first."""

    missing: list[Missing]
    problems: list[str]


def plan(documents: list[Document], tables: list[Table]) -> Plan:
    """Compares a schema with the tables that are needed.

    Args:
        documents: every file of the schema.
        tables: what ``needed`` gave.
    """
    found = {table.name: _find(documents, table) for table in tables}
    names = {name: block.name for name, (_, block) in found.items() if block}
    missing, problems = [], []
    for table in tables:
        document, block = found[table.name]
        renamed = _with_names(table, names)
        lack = Missing(renamed, block, document)
        if block and document:
            _compare(block, renamed, lack)
            problems += _problems(document, block, renamed, bool(lack))
        if lack:
            missing.append(lack)
    return Plan(missing, problems)


def _find(documents: list[Document], table: Table) -> tuple[Document | None, Block | None]:
    """The model of a table, by the table's name first, then by its own in any case."""
    models = [(one, block) for one in documents for block in one.blocks if block.kind == "model"]
    for document, block in models:
        if block.table == table.map:
            return document, block
    for document, block in models:
        if block.name.lower() == table.name.lower():
            return document, block
    return None, None


def _with_names(table: Table, names: dict[str, str]) -> Table:
    """The table with the relations' types as the schema calls those models."""

    def rename(column: Column) -> Column:
        suffix = column.type[len(column.base) :]
        return Column(column.name, names.get(column.base, column.base) + suffix, column.attributes)

    groups = [
        Group(group.feature, [rename(column) for column in group.columns], group.since)
        for group in table.groups
    ]
    tail = [rename(column) for column in table.tail]
    return Table(table.name, table.map, table.feature, groups, tail, table.attributes)


def _compare(block: Block, table: Table, lack: Missing) -> None:
    own = Group(table.feature, list(table.tail))
    for group in [*table.groups, own]:
        columns = [column for column in group.columns if not _present(block, column)]
        if columns:
            lack.groups.append(Group(group.feature, columns, group.since))
    added = {column.name for group in lack.groups for column in group.columns}
    for column in table.columns:
        existing = block.field(column.name)
        if existing and column.attributes.startswith("@unique"):
            _want(block, f"@@unique([{existing.name}])", lack)
    for attribute in table.attributes:
        if not attribute.startswith("@@map"):
            _want(block, _with_columns(block, attribute, added), lack)


def _present(block: Block, column: Column) -> bool:
    if not column.is_relation:
        return block.field(column.name) is not None
    candidates = [one for one in block.fields if one.type == column.base]
    if "@relation" not in column.attributes:
        named = [one for one in candidates if one.relation and re.search(r'"', one.relation)]
        return len(candidates) > len(named) or bool(named)
    own_keys = _keys(column.attributes)
    keys = [existing.name if (existing := block.field(key)) else key for key in own_keys]
    return any(one.relation and _keys(one.relation) in (own_keys, keys) for one in candidates)


def _keys(relation: str) -> list[str]:
    found = re.search(r"fields:\s*\[([^\]]*)\]", relation)
    return [name.strip() for name in found[1].split(",")] if found else []


def _columns(attribute: str) -> list[str]:
    """The fields that ``@@index``, ``@@unique`` or ``@@id`` names, without lengths and orders."""
    found = re.search(r"\[(.*?)\]", attribute)
    bare = re.sub(r"\([^)]*\)", "", found[1]) if found else ""
    return [name.strip() for name in bare.split(",")]


def _with_columns(block: Block, attribute: str, added: set[str]) -> str:
    """The attribute with the names that the fields have in this schema."""
    for name in _columns(attribute):
        existing = block.field(name)
        if existing and existing.name != name and name not in added:
            attribute = re.sub(rf"(?<=[\[ ]){name}(?=[\](,])", existing.name, attribute)
    return attribute


def _want(block: Block, attribute: str, lack: Missing) -> None:
    """Notes an index or a unique unless something in the model does the same."""
    columns = _columns(attribute)
    unique = attribute.startswith("@@unique")
    serving = ("@@id", "@@unique") if unique else ("@@id", "@@unique", "@@index")
    for text, _ in block.attributes:
        if text.split("(")[0] in serving and _columns(text) == columns:
            return
    if len(columns) == 1:
        existing = block.field(columns[0])
        if existing and re.search(r"@(unique|id)\b", existing.attributes):
            return
    lack.attributes.append(attribute)


_SCALARS = {"String", "Int", "BigInt", "Boolean", "DateTime", "Json", "Float", "Decimal", "Bytes"}
#: Types that hold each other's values as far as better-auth is concerned.
_ALIKE = [{"Int", "BigInt"}, {"String", "Json"}]


def _problems(document: Document, block: Block, table: Table, edited: bool) -> list[str]:
    where = f"{document.path.name}: model {block.name}"
    problems = []
    if edited:
        problems += [
            f"{where}, line {number + 1} cannot be understood; put it right first."
            for number in block.unknown
        ]
    known: set[str] = set()
    for column in table.columns:
        existing = block.field(column.name)
        if existing is None or column.is_relation:
            continue
        known.add(existing.name)
        problems += [f"{where}.{existing.name} {said}" for said in _conflicts(existing, column)]
    for one in block.fields:
        if one.name not in known and _must_be_filled(one):
            problems.append(
                f"{where}.{one.name} is required, and better-auth does not fill it: rows could not "
                "be inserted. Make it optional, give it a default, or make it an additional field."
            )
    return problems


def _must_be_filled(one: Field) -> bool:
    plain = one.type in _SCALARS and not one.is_list and not one.is_optional
    return plain and not one.has_default and "@id" not in one.attributes


def _conflicts(existing: Field, column: Column) -> list[str]:
    if existing.type not in _SCALARS:
        return []  # an enum, or a type of the user's own
    alike = any({existing.type, column.base} <= types for types in _ALIKE)
    if existing.is_list != column.type.endswith("[]"):
        return [f"is not {column.type}, which better-auth writes; change it to {column.type}."]
    if existing.type != column.base and not alike:
        return [f"is {existing.type}, but better-auth writes {column.base}; change its type."]
    if column.is_optional and _must_be_filled(existing):
        return [
            "is required, but better-auth may leave it out; make it optional or give it a default."
        ]
    return []
