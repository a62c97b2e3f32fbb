"""The tables that better-auth needs, as Prisma models."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from better_auth_setup.generate.definitions import definition, id_definition
from better_auth_setup.problem import Problem
from better_auth_setup.providers import Provider

SCALARS = {"String", "Int", "BigInt", "Boolean", "DateTime", "Json", "Float", "Decimal", "Bytes"}
_ACTIONS = {
    "cascade": "Cascade",
    "no action": "NoAction",
    "set null": "SetNull",
    "set default": "SetDefault",
    "restrict": "Restrict",
}


@dataclass(frozen=True)
class Column:
    """A needed field: a scalar, a relation, or its back-relation."""

    name: str
    type: str  # with its "?" or "[]"
    attributes: str = ""

    @property
    def base(self) -> str:
        return self.type.rstrip("[]?")

    @property
    def is_relation(self) -> bool:
        return self.base not in SCALARS

    @property
    def is_optional(self) -> bool:
        return self.type.endswith("?")

    @property
    def is_filled(self) -> bool:
        """Whether an insert may omit it."""
        return self.is_optional or "@default" in self.attributes or "@updatedAt" in self.attributes

    @property
    def foreign_keys(self) -> list[str]:
        """The fields of a relation's foreign key; empty for the back-relation."""
        return names_in("fields", self.attributes)


@dataclass
class Group:
    """Fields of one origin: better-auth's core, a plugin, or the configuration itself."""

    origin: str
    columns: list[Column]


@dataclass
class Table:
    """A needed model."""

    #: better-auth's name for it
    key: str
    #: the name by which better-auth accesses it in the Prisma client
    asked: str
    #: the model's name in the schema
    name: str
    origin: str
    groups: list[Group] = field(default_factory=list)
    #: the last fields of the model
    tail: list[Column] = field(default_factory=list)
    #: the lines of ``@@unique`` and ``@@index``
    attributes: list[str] = field(default_factory=list)
    #: whether the configuration's hooks may fill fields that better-auth does not know
    is_hooked: bool = False
    #: the fields' default values in better-auth; None for a function
    defaults: dict[str, Any] = field(default_factory=dict)
    #: better-auth's field names, by their names in the Prisma client
    keys: dict[str, str] = field(default_factory=dict)
    is_plural: bool = False

    @property
    def columns(self) -> list[Column]:
        return [column for group in self.groups for column in group.columns] + self.tail

    def group(self, origin: str) -> Group:
        """The group of an origin; created if there is none."""
        found = next((group for group in self.groups if group.origin == origin), None)
        if found is None:
            found = Group(origin, [])
            self.groups.append(found)
        return found


def names_in(argument: str, attribute: str) -> list[str]:
    """The names in ``fields: […]`` or ``references: […]``."""
    found = re.search(rf"\b{argument}:\s*\[([^\]]*)\]", attribute)
    return [name.strip() for name in found[1].split(",")] if found else []


def columns_in(attribute: str) -> list[str]:
    """The fields of ``@@index``, ``@@unique`` or ``@@id``, without lengths and sort orders."""
    found = re.search(r"\[(.*?)\]", attribute)
    bare = re.sub(r"\([^)]*\)", "", found[1]) if found else ""
    return [name.strip() for name in bare.split(",") if name.strip()]


def with_names(attribute: str, names: Mapping[str, str], argument: str = "") -> str:
    """An attribute with other field names in its brackets.

    Args:
        attribute: a block attribute, or a relation.
        names: the new names, by the old ones.
        argument: the argument whose brackets to change; default: the first.
    """

    def rename(found: re.Match[str]) -> str:
        inner = re.sub(r"(?<![\w(])\w+(?=\s*[(,\]])", lambda n: names.get(n[0], n[0]), found[2])
        return found[1] + inner

    before = rf"\b{argument}:\s*" if argument else ""
    return re.sub(rf"({before})(\[.*?\])", rename, attribute)


@dataclass
class Needs:
    """Everything that a configuration needs in the database."""

    provider: Provider
    #: how ids are generated: "default" (by better-auth), "uuid", "serial", "database", "function"
    id_strategy: str
    tables: list[Table]
    #: the origins, in the order of their groups in a model
    origins: list[str]


def needed(described: Mapping[str, Any], provider: Provider) -> Needs:
    """The models that a configuration needs.

    Args:
        described: the result of ``described_tables``.
        provider: the schema's.

    Raises:
        Problem: a field has a type that Prisma lacks.
    """
    strategy = described["generateId"]
    found = {one["key"]: one for one in described["tables"]}
    tables = {key: _table(one, strategy, provider) for key, one in found.items()}
    for table in tables.values():
        table.is_plural = described["isPlural"]
    for key, one in found.items():
        for entry in one["fields"]:
            if entry.get("references") and entry["references"]["model"]:
                _relate(tables[key], entry, tables[entry["references"]["model"]], described)
    origins = ["core", *described["plugins"], "rate-limit", "additional fields"]
    for table in tables.values():
        table.groups[1:] = sorted(table.groups[1:], key=lambda one: origins.index(one.origin))
        _close(table)
    if "verification" in tables:
        tables["verification"] = tables.pop("verification")  # always last in the file
    return Needs(provider, strategy, list(tables.values()), origins)


def _table(one: dict[str, Any], strategy: str, provider: Provider) -> Table:
    name = one["name"][:1].upper() + one["name"][1:]
    table = Table(one["key"], one["name"], name, one["origin"], is_hooked=one["isHooked"])
    table.group(one["origin"]).columns.append(
        Column("id", *id_definition(strategy, provider.columns))
    )
    uniques: list[str] = []
    indexes: list[str] = []
    for entry in one["fields"]:
        if entry["key"] == "id":
            continue
        if not re.fullmatch(r"[^\W\d_]\w*", entry["name"]):
            raise Problem(
                f"{one['key']}.{entry['name']} cannot be the name of a field in Prisma: give it a "
                "fieldName of letters, digits and underscores in auth.ts."
            )
        try:
            column = Column(entry["name"], *definition(entry, strategy, provider.columns))
        except ValueError as error:
            raise Problem(
                f"{one['key']}.{entry['key']} has the type {error}, which no column can hold."
            ) from None
        table.group(entry["origin"]).columns.append(column)
        table.keys[entry["name"]] = entry["key"]
        if "fills" in entry:
            table.defaults[entry["name"]] = entry["fills"]
        if entry["index"] and not entry["unique"]:
            is_id = (entry.get("references") or {}).get("field") == "id"
            is_short = column.base != "String" or (is_id and strategy in ("serial", "uuid"))
            length = "(length: 191)" if provider.columns.text and not is_short else ""
            indexes.append(f"@@index([{column.name}{length}])")
    for index in one["indexes"]:
        kind = uniques if index["unique"] else indexes
        line = f'([{", ".join(index["columns"])}], map: "{index["name"]}")'
        kind.append(("@@unique" if index["unique"] else "@@index") + line)
    table.attributes = uniques + indexes
    return table


def _relate(
    table: Table, entry: dict[str, Any], target: Table, described: Mapping[str, Any]
) -> None:
    """Adds both sides of a relation, named as by the official generator.

    Where its output would be ambiguous (two relations between the same models), ours has a name.
    """
    is_taken = target is table or any(
        column.base == other.name
        for owner, other in ((table, target), (target, table))
        for column in owner.columns
    )
    label = f'"{table.name}_{entry["name"]}"' if is_taken else ""
    suffix = f"_{entry['name']}" if is_taken else ""
    to = entry["references"]["field"]
    to = next((name for name, key in target.keys.items() if key == to), to)
    action = _ACTIONS.get(entry["references"]["onDelete"], "Cascade")
    parts = [f"fields: [{entry['name']}]", f"references: [{to}]", f"onDelete: {action}"]
    arguments = ", ".join([label, *parts] if label else parts)
    mark = "" if entry["required"] else "?"
    forward = f"{target.name.lower()}{suffix}"
    _add(table, entry, Column(forward, target.name + mark, f"@relation({arguments})"))
    is_single = entry["unique"] or described["isPlural"]
    back = f"{table.name.lower()}{'' if is_single else 's'}{suffix}"
    kind = f"{table.name}{'?' if entry['unique'] else '[]'}"
    _add(target, entry, Column(back, kind, f"@relation({label})" if label else ""))


def _add(table: Table, entry: Mapping[str, Any], column: Column) -> None:
    """Adds one side of a relation after the fields of its origin."""
    if entry["origin"] == table.origin:
        table.tail.append(column)
    else:
        table.group(entry["origin"]).columns.append(column)


def _close(table: Table) -> None:
    """Makes a model end in relations, else in dates, else in its last field.

    Updates add fields before these, and users after them, so that the changes do not conflict.
    """
    own = table.groups[0]
    if table.tail or len(own.columns) == 1:
        return
    dates = ("expiresAt", "createdAt", "updatedAt")
    closing = [one for one in own.columns if table.keys.get(one.name) in dates]
    table.tail = closing or own.columns[-1:]
    own.columns = [one for one in own.columns if one not in table.tail]
