"""What better-auth needs of the database, as Prisma fields.

The tables of better-auth's own plugins come from a catalogue that the official generator wrote
(``catalogue.json``, which the template renders its schema from too): the Python port describes them
a little more loosely, and a TypeScript server beside this one expects all of them. What the
catalogue does not know, own fields and own plugins, is derived from the port's description by the
official generator's rules.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from better_auth import BetterAuth
from better_auth.schema import UNSET
from better_auth.schema import Field as AuthField

from better_auth_setup.generate.definitions import definition, id_definition

SCALARS = {"String", "Int", "BigInt", "Boolean", "DateTime", "Json", "Float", "Decimal", "Bytes"}


@runtime_checkable
class _Named(Protocol):
    """An adapter that was told the names in the database: ``prisma_adapter``'s."""

    _table_names: Mapping[str, str]
    _column_names: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Column:
    """A field that is needed: scalar, relation, or the back-relation of one."""

    name: str
    type: str  # with its "?" or "[]"
    attributes: str = ""
    #: the name in the database that the adapter was told, if any
    map: str | None = None

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
    def foreign_keys(self) -> list[str]:
        """The fields that a relation goes by; none for its other side."""
        return names_in("fields", self.attributes)


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

    #: better-auth's name of it
    key: str
    name: str
    feature: str
    groups: list[Group] = field(default_factory=list)
    tail: list[Column] = field(default_factory=list)
    #: the lines of ``@@unique`` and ``@@index``
    attributes: list[str] = field(default_factory=list)
    #: the name in the database that the adapter was told, if any
    map: str | None = None
    #: whether the names in the database are known to matter to the adapter
    is_named_by_adapter: bool = False
    #: whether hooks of the configuration may fill fields that better-auth does not know
    is_hooked: bool = False
    #: how better-auth makes ids: ``True`` (itself), "uuid", "serial", ``False``, a function
    generate_id: object = True
    #: by name, what better-auth itself fills a field with; nothing if a function makes it
    defaults: dict[str, Any] = field(default_factory=dict)

    @property
    def columns(self) -> list[Column]:
        return [column for group in self.groups for column in group.columns] + self.tail

    def group(self, feature: str) -> Group:
        """The group of a feature; a new one if there is none."""
        found = next((group for group in self.groups if group.feature == feature), None)
        if found is None:
            found = Group(feature, [])
            self.groups.append(found)
        return found


def names_in(argument: str, attribute: str) -> list[str]:
    """The names of ``fields: […]`` or ``references: […]``."""
    found = re.search(rf"\b{argument}:\s*\[([^\]]*)\]", attribute)
    return [name.strip() for name in found[1].split(",")] if found else []


def columns_in(attribute: str) -> list[str]:
    """The fields that ``@@index``, ``@@unique`` or ``@@id`` names, without lengths and orders."""
    found = re.search(r"\[(.*?)\]", attribute)
    bare = re.sub(r"\([^)]*\)", "", found[1]) if found else ""
    return [name.strip() for name in bare.split(",") if name.strip()]


def with_names(attribute: str, names: Mapping[str, str], argument: str = "") -> str:
    """An attribute with other names for the fields in its brackets.

    Args:
        attribute: a block attribute, or a relation.
        names: the new ones by the old.
        argument: the argument whose brackets are meant, if not the first.
    """

    def rename(found: re.Match[str]) -> str:
        inner = re.sub(r"(?<![\w(])\w+(?=\s*[(,\]])", lambda n: names.get(n[0], n[0]), found[2])
        return found[1] + inner

    before = rf"\b{argument}:\s*" if argument else ""
    return re.sub(rf"({before})(\[.*?\])", rename, attribute)


@cache
def catalogue() -> dict[str, Any]:
    """The tables of better-auth's plugins, for every provider."""
    text = Path(__file__).with_name("catalogue.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


def features_in_order() -> list[str]:
    """The features of the catalogue in the order in which a schema has them."""
    return ["core", *catalogue()["features"]]


def models_in_order() -> list[str]:
    """The models of the catalogue in the order in which a schema has them."""
    return [model["name"] for model in catalogue()["models"]]


def needed(auth: BetterAuth, provider: str) -> list[Table]:
    """The tables that a configuration needs.

    With a secondary storage too these are all tables: the port checks for sessions and
    verifications in the database although it keeps them elsewhere then.

    Args:
        auth: the configured better-auth.
        provider: Prisma's name of the database.
    """
    known = {_key(model): model for model in catalogue()["models"]}
    features = _features(auth, known)
    tables = {
        key: _from_catalogue(key, model, features, provider)
        for key, model in known.items()
        if key in auth.schema
    }
    verification = tables.pop("verification", None)
    for key in auth.schema:
        if key not in known:
            tables[key] = Table(key, key[:1].upper() + key[1:], _plugin_of(auth, key) or key)
    if verification:
        tables["verification"] = verification  # the last one, in the template's layout
    for table in tables.values():
        _add_own(table, auth, provider)
    for table in tables.values():
        _relate(table, tables, auth)
        _name(table, auth)
        _note_defaults(table, auth)
    return list(tables.values())


def _features(auth: BetterAuth, known: Mapping[str, Any]) -> set[str]:
    """The features that are in use: plugins by their id, options by what they add."""
    plugins = {plugin.id for plugin in auth.plugins}
    features = {"core", *(name for name in catalogue()["features"] if name in plugins)}
    for key, model in known.items():
        used = auth.schema.get(key, {})
        for group in model["groups"]:
            feature = group["feature"]
            is_option = feature == "rate-limit" or any(feature.startswith(f"{p}-") for p in plugins)
            if is_option and any(row[0] in used for row in group["fields"] if row[0] != "id"):
                features.add(feature)
    return features


def _key(model: Mapping[str, Any]) -> str:
    lines = (row["line"][0] for row in model["attributes"])
    line: str = next(line for line in lines if line.startswith("@@map"))
    return line.split('"')[1]


def _from_catalogue(key: str, model: Any, features: set[str], provider: str) -> Table:
    def columns(rows: Iterable[Any]) -> list[Column]:
        return [
            Column(row[0], *(row[3].get(provider, row[1:3]) if len(row) > 3 else row[1:3]))
            for row in rows
        ]

    def line(row: Any) -> str:
        text: str = row[1].get(provider, row[0]) if len(row) > 1 else row[0]
        return text

    return Table(
        key,
        model["name"],
        model["feature"],
        [
            Group(group["feature"], columns(group["fields"]), group.get("since"))
            for group in model["groups"]
            if group["feature"] in features
        ],
        columns(model["tail"]),
        [
            line(row["line"])
            for row in model["attributes"]
            if row["feature"] in features and not row["line"][0].startswith("@@map")
        ],
    )


def _plugin_of(auth: BetterAuth, model: str, name: str | None = None) -> str | None:
    """The plugin that brings a model, or a field of one."""
    for plugin in auth.plugins:
        fields = (getattr(plugin, "schema", None) or {}).get(model)
        if fields is not None and (name is None or name in fields):
            return str(plugin.id)
    return None


def _add_own(table: Table, auth: BetterAuth, provider: str) -> None:
    """Adds the fields that the catalogue does not know, and the id as it is configured."""
    known = {column.name for column in table.columns}
    if not known:
        table.groups.append(Group(table.feature, [Column("id", "String", "@id")]))
    table.generate_id = auth.adapter.advanced.generate_id
    first = table.groups[0].columns
    if first[0].name == "id":
        first[0] = Column("id", *id_definition(table.generate_id, provider))
    for name, one in auth.schema[table.key].items():
        if name in known or name == "id":
            continue
        feature = _plugin_of(auth, table.key, name) or "additional fields"
        table.group(feature).columns.append(Column(name, *definition(name, one, provider)))
        if one.index and not one.unique:
            long = provider == "mysql" and one.type in ("string", "text")
            table.attributes.append(f"@@index([{name}{'(length: 191)' if long else ''}])")


def _relate(table: Table, tables: Mapping[str, Table], auth: BetterAuth) -> None:
    """Adds the relations of own fields, named as the official generator names them.

    Where it would write an ambiguous one (two of a model, or one to itself) ours has a name.
    """
    related = {key for column in table.columns for key in column.foreign_keys}
    catalogued = {name for model in catalogue()["models"] if model["name"] == table.name
                  for group in model["groups"] for name, *_ in group["fields"]}  # fmt: skip
    for name, one in auth.schema[table.key].items():
        target = tables.get(one.references.model) if one.references else None
        if one.references is None or target is None or name in related | catalogued:
            continue
        taken = target is table or any(
            column.base == other.name
            for owner, other in ((table, target), (target, table))
            for column in owner.columns
        )
        label = f'"{table.name}_{name}"' if taken else ""
        arguments = _arguments(label, name, one)
        relation = target.name.lower() if not taken else f"{target.name.lower()}_{name}"
        mark = "" if one.required else "?"
        table.tail.append(Column(relation, target.name + mark, f"@relation({arguments})"))
        back = f"{table.name.lower()}{'' if one.unique else 's'}{f'_{name}' if taken else ''}"
        kind = f"{table.name}{'?' if one.unique else '[]'}"
        column = Column(back, kind, f"@relation({label})" if label else "")
        feature = _plugin_of(auth, table.key, name) or "additional fields"
        if target.feature == feature:
            target.tail.append(column)
        else:
            target.group(feature).columns.append(column)


def _arguments(label: str, name: str, one: AuthField) -> str:
    assert one.references is not None
    actions = {"set null": "SetNull", "set default": "SetDefault", "restrict": "Restrict"}
    actions |= {"no action": "NoAction"}
    action = actions.get(one.references.on_delete or "", "Cascade")
    parts = [f"fields: [{name}]", f"references: [{one.references.field}]", f"onDelete: {action}"]
    return ", ".join([label, *parts] if label else parts)


def _name(table: Table, auth: BetterAuth) -> None:
    """Gives the fields and the table the names that the configuration has for them.

    ``field_name`` names the Prisma field, as it does for the official generator; the names that
    ``prisma_adapter`` was told are those of the database.
    """
    fields = auth.schema[table.key]
    names = {name: one.field_name for name, one in fields.items() if one.field_name}
    maps: Mapping[str, str] = {}
    if isinstance(auth.adapter, _Named):
        table.is_named_by_adapter = True
        table.map = auth.adapter._table_names.get(table.key)
        maps = auth.adapter._column_names.get(table.key, {})

    def named(column: Column) -> Column:
        attributes = with_names(column.attributes, names, "fields")
        name = column.name if column.is_relation else names.get(column.name, column.name)
        return replace(column, name=name, attributes=attributes, map=maps.get(column.name))

    for group in table.groups:
        group.columns = [named(column) for column in group.columns]
    table.tail = [named(column) for column in table.tail]
    table.attributes = [with_names(attribute, names) for attribute in table.attributes]
    table.is_hooked = table.key in (auth.database_hooks or {})


def _note_defaults(table: Table, auth: BetterAuth) -> None:
    for column in table.columns:
        if found := re.match(r'@default\("(.*)"\)', column.attributes):
            table.defaults[column.name] = found[1]
    for name, one in auth.schema[table.key].items():
        if one.has_default():
            table.defaults[one.field_name or name] = None if one.default is UNSET else one.default
    if table.key == "user":
        for plugin in auth.plugins:
            if plugin.id == "admin":
                table.defaults["role"] = str(getattr(plugin, "default_role", None) or "user")
