"""What better-auth needs of the database, as Prisma fields.

The tables of better-auth's own plugins come from a catalogue that the official generator wrote
(``catalogue.json``): the Python port describes them a little more loosely, and a TypeScript server
beside this one expects all of them. What the catalogue does not know, own fields and own plugins,
is derived from the port's description by the official generator's rules.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from better_auth import BetterAuth
from better_auth.schema import Field as AuthField

_SCALARS = ("String", "Int", "BigInt", "Boolean", "DateTime", "Json", "Float", "Decimal", "Bytes")


@dataclass(frozen=True)
class Column:
    """A field that is needed: scalar, relation, or the back-relation of one."""

    name: str
    type: str  # with its "?" or "[]"
    attributes: str = ""

    @property
    def base(self) -> str:
        return self.type.rstrip("[]?")

    @property
    def is_relation(self) -> bool:
        return self.base not in _SCALARS

    @property
    def is_optional(self) -> bool:
        return self.type.endswith("?")


@dataclass
class Group:
    """Fields that a feature brings: a plugin, an option of one, or the configuration itself."""

    feature: str
    columns: list[Column]
    since: str | None = None

    @property
    def title(self) -> str:
        """The comment above the group in a model of another feature."""
        return f"{self.feature}, since {self.since}" if self.since else self.feature


@dataclass
class Table:
    """A model that is needed."""

    name: str
    map: str
    feature: str
    groups: list[Group] = field(default_factory=list)
    tail: list[Column] = field(default_factory=list)
    attributes: list[str] = field(default_factory=list)

    @property
    def columns(self) -> list[Column]:
        return [column for group in self.groups for column in group.columns] + self.tail


@cache
def catalogue() -> dict[str, Any]:
    """The tables of better-auth's plugins, for every provider."""
    text = Path(__file__).with_name("catalogue.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


def features_in_order() -> list[str]:
    """The features of the catalogue in the order in which a schema has them."""
    return ["core", *catalogue()["features"]]


def needed(auth: BetterAuth, provider: str) -> list[Table]:
    """The tables that a configuration needs.

    Args:
        auth: the configured better-auth.
        provider: Prisma's name of the database.
    """
    features = _features(auth)
    tables = [
        _from_catalogue(model, features, provider)
        for model in catalogue()["models"]
        if model["feature"] in features
    ]
    _add_own(tables, auth, provider)
    return tables


def _features(auth: BetterAuth) -> set[str]:
    """The features that are in use: plugins by their id, options by what they add."""
    known = catalogue()["features"]
    plugins = {plugin.id for plugin in auth.plugins}
    features = {"core", *(name for name in known if name in plugins)}
    for model in catalogue()["models"]:
        used = auth.schema.get(_map(model), {})
        for group in model["groups"]:
            feature = group["feature"]
            is_option = any(feature.startswith(f"{plugin}-") for plugin in plugins)
            if (is_option or feature == "rate-limit") and any(
                row[0] in used for row in group["fields"] if row[0] != "id"
            ):
                features.add(feature)
    return features


def _map(model: dict[str, Any]) -> str:
    line: str = next(row["line"][0] for row in model["attributes"] if "@@map" in row["line"][0])
    return line.split('"')[1]


def _from_catalogue(model: dict[str, Any], features: set[str], provider: str) -> Table:
    def columns(rows: Iterable[list[Any]]) -> list[Column]:
        return [
            Column(row[0], *(row[3].get(provider, row[1:3]) if len(row) > 3 else row[1:3]))
            for row in rows
        ]

    def line(row: list[Any]) -> str:
        text: str = row[1].get(provider, row[0]) if len(row) > 1 else row[0]
        return text

    groups = [
        Group(group["feature"], columns(group["fields"]), group.get("since"))
        for group in model["groups"]
        if group["feature"] in features
    ]
    attributes = [line(row["line"]) for row in model["attributes"] if row["feature"] in features]
    name, feature = model["name"], model["feature"]
    return Table(name, _map(model), feature, groups, columns(model["tail"]), attributes)


def _add_own(tables: list[Table], auth: BetterAuth, provider: str) -> None:
    """Adds the fields and tables that the catalogue does not know."""
    by_map = {table.map: table for table in tables}
    names = {model: _capitalized(model) for model in auth.schema}
    names |= {table.map: table.name for table in tables}
    for model, fields in auth.schema.items():
        table = by_map.get(model)
        known = {column.name for column in table.columns} if table else set()
        own = {name: one for name, one in fields.items() if name not in known and name != "id"}
        if not own:
            continue
        if table is None:
            table = Table(names[model], model, model, attributes=[f'@@map("{model}")'])
            table.groups.append(Group(model, [Column("id", "String", "@id")]))
            by_map[model] = table
            tables.insert(-1, table)
            group = table.groups[0]
        else:
            group = Group("additional fields", [])
            table.groups.append(group)
        for name, one in own.items():
            column = one.field_name or name
            group.columns.append(Column(column, *_definition(one, provider)))
            index = f"@@index([{column}])"
            if one.index and not one.unique:
                table.attributes.insert(0, index)
            target = by_map.get(one.references.model) if one.references else None
            if one.references and target:
                _relate(table, target, column, one)


def _relate(table: Table, target: Table, column: str, one: AuthField) -> None:
    """Adds a relation and its other side, named as the official generator names them."""
    assert one.references is not None
    action = {"cascade": "Cascade", "set null": "SetNull", "restrict": "Restrict"}.get(
        one.references.on_delete or "cascade", "NoAction"
    )
    arguments = f"fields: [{column}], references: [{one.references.field}], onDelete: {action}"
    mark = "" if one.required else "?"
    table.tail.append(Column(target.name.lower(), target.name + mark, f"@relation({arguments})"))
    back = f"{table.name}?" if one.unique else f"{table.name}[]"
    name = table.name.lower() + ("" if one.unique else "s")
    target.groups.append(Group(table.feature, [Column(name, back)]))


def _definition(one: AuthField, provider: str) -> tuple[str, str]:
    """The type and attributes of a field, by the rules of better-auth's Prisma generator."""
    is_list = one.type.endswith("[]")
    has_lists = provider in ("postgresql", "cockroachdb")
    scalar = {
        "number": "BigInt" if one.bigint else "Int",
        "boolean": "Boolean",
        "datetime": "DateTime",
        "json": "Json" if has_lists else "String",
        "number[]": "Int",
    }.get(one.type, "String")
    if is_list and has_lists:
        return f"{scalar}[]", ""
    scalar = "String" if is_list else scalar
    attributes = ["@unique"] if one.unique else []
    if isinstance(one.default, bool):
        attributes.append(f"@default({str(one.default).lower()})")
    elif isinstance(one.default, int):
        attributes.append(f"@default({one.default})")
    elif isinstance(one.default, str) and scalar == "String" and provider != "mysql":
        attributes.append(f"@default({json.dumps(one.default, ensure_ascii=False)})")
    if provider == "mysql" and scalar == "String" and not (one.unique or one.references):
        attributes.append("@db.VarChar(191)" if one.index else "@db.Text")
    return scalar + ("" if one.required else "?"), " ".join(attributes)


def _capitalized(name: str) -> str:
    return name[:1].upper() + name[1:]
