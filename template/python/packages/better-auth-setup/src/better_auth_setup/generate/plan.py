"""Compares a schema with what better-auth needs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from better_auth_setup.generate.checks import (
    problems,
    problems_of_addition,
    problems_of_files,
)
from better_auth_setup.generate.conventions import Conventions, detect
from better_auth_setup.generate.document import Block, Document, Field
from better_auth_setup.generate.matching import Match, match
from better_auth_setup.generate.tables import (
    Column,
    Group,
    Needs,
    Table,
    columns_in,
    names_in,
    with_names,
)


@dataclass
class Missing:
    """What one model lacks, with the names of this schema."""

    table: Table
    #: the model; None if the whole model is missing
    block: Block | None
    document: Document | None
    groups: list[Group] = field(default_factory=list)
    attributes: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return self.block is None or bool(self.groups or self.attributes)

    def __str__(self) -> str:
        if self.block is None:
            return f"model {self.table.name}"
        names = [column.name for column in self.columns]
        return f"model {self.block.name}: {', '.join([*names, *self.attributes])}"

    @property
    def columns(self) -> list[Column]:
        return [column for group in self.groups for column in group.columns]


@dataclass
class Plan:
    """What to add to a schema, and what has to be fixed by hand first."""

    missing: list[Missing]
    #: problems that prevent any addition
    problems: list[str]
    conventions: Conventions
    #: the needed models, under the schema's names, in the order of the template's layout
    models: list[str]
    #: the origins of fields, in the order of their groups in a model
    origins: list[str]


def plan(documents: list[Document], needs: Needs) -> Plan:
    """Compares a schema with the needed tables.

    Args:
        documents: every file of the schema.
        needs: the result of ``needed``.
    """
    matches = match(documents, needs.tables)
    conventions = detect(documents, matches)
    planner = _Planner({one.table.name: one for one in matches}, conventions, needs)
    lacks = [planner.missing(one) for one in matches]
    found = problems(documents, matches, needs)
    if any(lacks):
        found += problems_of_files(documents)
    for lack, one in zip(lacks, matches, strict=True):
        found += problems_of_addition(one, lack.columns, bool(lack), documents)
    models = [one.block.name if one.block else conventions.model_name(one.table) for one in matches]
    return Plan([lack for lack in lacks if lack], found, conventions, models, needs.origins)


class _Planner:
    """Compares the tables one by one, with knowledge of all of them."""

    def __init__(self, matches: dict[str, Match], conventions: Conventions, needs: Needs) -> None:
        self.matches = matches
        self.conventions = conventions
        self.needs = needs

    def missing(self, one: Match) -> Missing:
        """What a table's model lacks, or the whole model."""
        table = self._written(one)
        if one.block is None:
            return Missing(table, None, None)
        lack = Missing(table, one.block, one.document)
        for group in [*table.groups, Group(table.origin, table.tail)]:
            columns = [column for column in group.columns if not self._present(one, column)]
            if columns:
                columns = [_free(one.block, _fillable(column)) for column in columns]
                lack.groups.append(Group(group.origin, columns))
        for column in one.table.columns:
            if "@unique" in column.attributes and column.name in one.fields:
                self._want(one, f"@@unique([{one.field_name(column.name)}])", lack)
        for attribute in table.attributes:
            self._want(one, attribute, lack)
        return lack

    # --- how the needed things are written in this schema ------------------------------------

    def _written(self, one: Match) -> Table:
        """The table with the names, types and relations that it has to have in this schema."""
        table = one.table
        names = {column.name: one.field_name(column.name) for column in table.columns}
        written = {column.name: self._column(one, column) for column in table.columns}
        attributes = [
            with_names(_unmeasured(attribute, written), names) for attribute in table.attributes
        ]
        if one.block is None:
            attributes += self.conventions.map_attribute(table)
            attributes += [self.conventions.schema] if self.conventions.schema else []
        return replace(
            table,
            name=one.block.name if one.block else self.conventions.model_name(table),
            groups=[
                replace(group, columns=[written[column.name] for column in group.columns])
                for group in table.groups
            ],
            tail=[written[column.name] for column in table.tail],
            attributes=attributes,
        )

    def _column(self, one: Match, column: Column) -> Column:
        if column.is_relation:
            return self._relation(one, column)
        existing = one.fields.get(column.name)
        if existing:
            return replace(column, name=existing.name)
        column = self._keyed(one, column)
        mapped = self.conventions.column_map(column)
        attributes = f'{column.attributes} @map("{mapped}")' if mapped else column.attributes
        return replace(column, attributes=attributes.strip())

    def _keyed(self, one: Match, column: Column) -> Column:
        """The column with the type of the id it refers to; an ``id`` with that of users' ids."""
        if column.name == "id":
            user = next((m for m in self.matches.values() if m.table.key == "user"), None)
            theirs = user.fields.get("id") if user else None
            if theirs and (theirs.type != "String" or theirs.native_type):
                attributes = re.sub(r"\s*@map\([^)]*\)", "", theirs.attributes)
                return Column("id", theirs.type, attributes)
            return column
        for relation in one.table.columns:
            target = self.matches.get(relation.base)
            if target is None or relation.foreign_keys != [column.name]:
                continue
            (key,) = names_in("references", relation.attributes)
            theirs = target.fields.get(key)
            if theirs is None and key == "id":
                needed_id = next(c for c in target.table.columns if c.name == "id")
                written = self._keyed(target, needed_id)
                theirs = Field("id", written.base, False, False, written.attributes, 0)
            if theirs and (theirs.type, theirs.native_type) != (column.base, ""):
                kept = re.sub(r"\s*@db\.\w+(\([^)]*\))?", "", column.attributes)
                mark = column.type[len(column.base) :]
                attributes = f"{kept} {theirs.native_type}".strip()
                return replace(column, type=theirs.type + mark, attributes=attributes)
        return column

    def _relation(self, one: Match, column: Column) -> Column:
        """One side of a relation, with a name if it would be ambiguous without one."""
        target = self.matches.get(column.base)
        if target is None:
            return column
        mark = column.type[len(column.base) :]
        kind = target.block.name if target.block else self.conventions.model_name(target.table)
        if not column.foreign_keys:
            forward = next(
                (c for c in target.table.columns if c.base == one.table.name and c.foreign_keys
                 and _label(c.attributes) == _label(column.attributes)), None
            )  # fmt: skip
            label = self._relation_name(target, forward, one) if forward else ""
            attributes = f'@relation("{label}")' if label else ""
            return replace(column, type=kind + mark, attributes=attributes)
        keys = {key: one.field_name(key) for key in column.foreign_keys}
        theirs = names_in("references", column.attributes)
        attributes = with_names(column.attributes, keys, "fields")
        attributes = with_names(
            attributes, {name: target.field_name(name) for name in theirs}, "references"
        )
        label = self._relation_name(one, column, target)
        if label and not _label(attributes):
            attributes = attributes.replace("@relation(", f'@relation("{label}", ')
        existing = [one.fields[key] for key in keys if key in one.fields]
        if existing:
            mark = "?" if any(key.is_optional for key in existing) else ""
        return replace(column, type=kind + mark, attributes=attributes)

    def _relation_name(self, one: Match, column: Column, target: Match) -> str:
        """The name of a relation: the existing one's, else one if it would be ambiguous."""
        existing = self._existing(one, column)
        if existing:
            return existing.relation_name
        label = _label(column.attributes)
        if label or one.block is None or target.block is None:
            return label
        unnamed = [
            field for owner, other in ((one.block, target.block), (target.block, one.block))
            for field in owner.fields
            if field.type == other.name and names_in("fields", field.relation or "")
            and not field.relation_name
        ]  # fmt: skip
        return f"{one.block.name}_{'_'.join(column.foreign_keys)}" if unnamed else ""

    def _existing(self, one: Match, column: Column) -> Field | None:
        """The existing relation with the same type and fields, under any name."""
        target = self.matches.get(column.base)
        keys = [one.field_name(key) for key in column.foreign_keys]
        for existing in one.block.fields if one.block else []:
            is_alike = target is not None and existing.type == target.name
            if is_alike and names_in("fields", existing.relation or "") == keys:
                return existing
        return None

    # --- what is there -----------------------------------------------------------------------

    def _present(self, one: Match, written: Column) -> bool:
        assert one.block is not None
        if not written.is_relation:
            return written.name in {existing.name for existing in one.fields.values()}
        label = _label(written.attributes)
        for existing in one.block.fields:
            keys = names_in("fields", existing.relation or "")
            if existing.type != written.base or keys != written.foreign_keys:
                continue
            if keys or existing.relation_name == label:
                return True
        return False

    def _want(self, one: Match, attribute: str, lack: Missing) -> None:
        """Adds an index or unique constraint, unless the model has an equivalent."""
        assert one.block is not None
        columns, unique = columns_in(attribute), attribute.startswith("@@unique")
        for text, _, _ in one.block.attributes:
            theirs = columns_in(text)
            if text.startswith(("@@id", "@@unique")) and sorted(theirs) == sorted(columns):
                return
            serves = text.startswith(("@@id", "@@unique", "@@index"))
            if not unique and serves and theirs[: len(columns)] == columns:
                return
        existing = next((f for f in one.block.fields if [f.name] == columns), None)
        if existing and re.search(r"@(unique|id)\b", existing.attributes):
            return
        if existing and self.needs.provider.columns.text:
            attribute = _with_length(attribute, existing)
        lack.attributes.append(attribute)


def _fillable(column: Column) -> Column:
    """The column; a required ``@updatedAt`` gets a default, which a table with rows needs."""
    if column.attributes.startswith("@updatedAt") and not column.is_optional:
        return replace(column, attributes=f"@default(now()) {column.attributes}")
    return column


def _free(block: Block, column: Column) -> Column:
    """A relation with a field name that the model does not use yet."""
    taken = {existing.name for existing in block.fields}
    name = f"{column.name}Relation" if column.name in taken else column.name
    return replace(column, name=name) if column.is_relation else column


def _unmeasured(attribute: str, columns: dict[str, Column]) -> str:
    """An index for MySQL without a length if the column itself is short enough."""
    for name in columns_in(attribute):
        own = re.search(
            r"@db\.VarChar\((\d+)\)", columns[name].attributes if name in columns else ""
        )
        length = re.search(rf"{name}\(length: (\d+)\)", attribute)
        if own and length and int(own[1]) < int(length[1]):
            attribute = attribute.replace(length[0], name)
    return attribute


def _with_length(attribute: str, existing: Field) -> str:
    """An index for MySQL, which requires a length for long texts and forbids excessive ones."""
    is_long = re.match(r"@db\.\w*(Text|Blob)", existing.native_type)
    bare = re.sub(r"\(length: \d+\)", "", attribute)
    if is_long:
        return bare.replace(existing.name, f"{existing.name}(length: 191)")
    return bare if existing.native_type or existing.type != "String" else attribute


def _label(attributes: str) -> str:
    found = re.match(r'@relation\((?:name:\s*)?"([^"]*)"', attributes)
    return found[1] if found else ""
