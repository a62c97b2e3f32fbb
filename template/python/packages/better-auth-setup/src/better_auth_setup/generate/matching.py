"""Matches better-auth's tables with models, and columns with fields, under whatever names.

Names match in any case, with or without underscores, by ``@map`` and ``@@map``, and for models also
in the plural.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from better_auth_setup.generate.document import Block, Document, Field
from better_auth_setup.generate.tables import Column, Table

#: The names of Auth.js, from which many projects migrate, and of older versions of better-auth.
_FORMER_NAMES = {
    "accountId": "providerAccountId",
    "providerId": "provider",
    "token": "sessionToken",
    "expiresAt": "expires",
    "referenceId": "userId",
}


@dataclass
class Match:
    """A needed table, and the model that holds it, or None."""

    table: Table
    document: Document | None = None
    block: Block | None = None
    #: the existing fields, by the columns that they hold
    fields: dict[str, Field] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.block.name if self.block else self.table.name

    def field_name(self, column: str) -> str:
        """The schema's name for a column, existing or to be added."""
        existing = self.fields.get(column)
        return existing.name if existing else column

    def look_alike(self, column: Column) -> Field | None:
        """An unmatched field that seems to be this column under another name, or None."""
        if column.name in self.fields:
            return None
        claimed = {one.name for one in self.fields.values()}
        for one in self.block.fields if self.block else []:
            is_free = one.name not in claimed and one.type == column.base
            if is_free and _FORMER_NAMES.get(column.name) in (one.name, one.column):
                return one
        return None


def match(documents: list[Document], tables: list[Table]) -> list[Match]:
    """Finds the tables' models; each model holds at most one table."""
    models = [(one, block) for one in documents for block in one.blocks if block.kind == "model"]
    found: dict[str, Match] = {}
    tests = (
        # Of User and user, the Prisma client gives the first for `prisma.user`.
        lambda block, table: block.name == table.name,
        lambda block, table: block.name == table.asked,
        lambda block, table: block.name.lower() == table.name.lower(),
        lambda block, table: block.table == table.asked,
        lambda block, table: _bare(block.name) in (_bare(table.name), f"{_bare(table.name)}s"),
    )
    for test in tests:
        taken = {id(one.block) for one in found.values()}
        for table in tables:
            for document, block in models:
                if table.key in found or id(block) in taken or not test(block, table):
                    continue
                found[table.key] = Match(table, document, block, _fields(block, table))
                taken.add(id(block))
    taken = {id(one.block) for one in found.values()}
    for table in (one for one in tables if one.key not in found):
        for document, block in models:
            if id(block) not in taken and _is_former(block, table, found.values()):
                found[table.key] = Match(table, document, block, _fields(block, table))
    return [found.get(table.key) or Match(table) for table in tables]


def _is_former(block: Block, table: Table, found: Iterable[Match]) -> bool:
    """Whether a model held a table before auth.ts gave it another name."""
    columns = [one for one in table.columns if not one.is_relation]
    lacks = {one.name for one in columns} - {one.name for one in block.fields}
    required = {one.name for one in columns if not one.is_filled}
    if lacks & required or len(lacks) * 2 >= len(columns):
        return False
    others = [one.block for one in found if one.block]
    linked = {one.type for other in others for one in other.fields} & {block.name}
    linked |= {one.type for one in block.fields} & {other.name for other in others}
    return bool(linked) or f"{_bare(block.name)}s" == _bare(table.name)


def _fields(block: Block, table: Table) -> dict[str, Field]:
    columns = [column for column in table.columns if not column.is_relation]
    found: dict[str, Field] = {}
    tests = (
        lambda one, column: one.name == column.name,
        lambda one, column: one.column == column.name,
        lambda one, column: _bare(one.name) == _bare(column.name),
    )
    for test in tests:
        taken = {one.name for one in found.values()}
        for column in columns:
            for one in block.fields:
                if column.name not in found and one.name not in taken and test(one, column):
                    found[column.name] = one
                    taken.add(one.name)
    return found


def _bare(name: str) -> str:
    return re.sub(r"_", "", name).lower()
