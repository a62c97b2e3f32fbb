"""Problems of a schema that would make better-auth fail, with model, field and remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable

from better_auth_setup.generate.document import Document, Field
from better_auth_setup.generate.matching import Match
from better_auth_setup.generate.tables import SCALARS, Column, Needs, Table, names_in

#: Other Prisma types that can hold a type's values.
_HOLDERS = {"Int": {"BigInt", "Float"}, "String": {"Json"}, "Json": {"String"}}
#: Fields that are optional in better-auth although it fills them in every row.
_ALWAYS_FILLED = {
    ("invitation", "role"),
    ("oauthClient", "createdAt"),
    ("oauthClient", "updatedAt"),
    ("oauthConsent", "createdAt"),
    ("oauthConsent", "updatedAt"),
    ("oauthConsent", "userId"),
    ("passkey", "createdAt"),
    ("session", "ipAddress"),
    ("session", "userAgent"),
}


def problems(documents: list[Document], matches: list[Match], needs: Needs) -> list[str]:
    """What would make better-auth fail on the schema as it is."""
    blocks = [block for document in documents for block in document.blocks]
    enums = {block.name: block.values for block in blocks if block.kind == "enum"}
    models = {block.name for block in blocks if block.kind == "model"}
    found = []
    for match in matches:
        if match.block is None:
            found += [
                f"{match.table.name} is needed as a model, but is {_a(block.kind)}: rename it."
                for block in blocks
                if block.name.lower() == match.table.name.lower()
                and block.kind in ("enum", "type", "view")
            ]
            continue
        found += _names(match)
        if match.document and match.block.attribute("@@ignore"):
            place = f"{match.document.path}:{match.block.start + 1}: {match.block.name}"
            found.append(f"{place} is not in Prisma's client: remove @@ignore.")
        for column in match.table.columns:
            existing = match.fields.get(column.name)
            if existing:
                problem = _conflict(match, matches, column, existing, enums, models, needs)
                # How ids are generated concerns all models: report it once.
                is_known = column.name == "id" and any(one.endswith(problem or "") for one in found)
                if problem and not is_known:
                    found.append(f"{_place(match, existing)} {problem}")
        claimed = {one.name for one in match.fields.values()}
        claimed |= {other.name for c in match.table.columns if (other := match.look_alike(c))}
        if not match.table.is_hooked:
            found += [
                f"{_place(match, one)} is required, and better-auth does not fill it: every insert "
                f"would fail. {_remedy(match)}."
                for one in match.block.fields
                if one.name not in claimed
                and one.type in SCALARS | {*enums}
                and _must_be_filled(one)
            ]
    return found


def problems_of_addition(
    match: Match, columns: Iterable[Column], is_edited: bool, documents: list[Document]
) -> list[str]:
    """Why columns cannot be added to a model.

    Args:
        match: the model.
        columns: what it lacks.
        is_edited: whether anything is to be inserted into it.
        documents: every file of the schema.
    """
    if match.block is None or match.document is None:
        return []
    found = []
    for number in match.block.unknown if is_edited else []:
        line = match.document.lines[number].strip()
        found.append(f"{match.document.path}:{number + 1}: {line!r} is not a field: correct it.")
    place = f"{match.document.path}:{match.block.start + 1}: {match.block.name}"
    for column in columns:
        other = match.look_alike(column)
        if other:
            found.append(
                f"{_place(match, other)} looks like {column.name} under another name: write "
                f'{column.name} … @map("{other.column}"), or '
                f"{_renaming(match.table, None, {column.name: other.name})}."
            )
        elif "@id" in column.attributes and match.block.attribute("@@id"):
            found.append(
                f"{place} has an @@id instead of the field {column.name}, which better-auth needs. "
                f"Make it a @@unique, and give the model a field {column.name} that is the @id."
            )
        elif _cannot_be_added(column):
            line = f"{column.name} {column.type} {column.attributes}".strip()
            found.append(
                f"{place}.{column.name} is missing and has no default, so it cannot be added to a "
                f"table with rows. If the table is empty, add this line: {line}. Else add it as "
                f"{column.type}? first, fill it, and then drop the question mark; or make it "
                "optional in auth.ts if it is a field of your own."
            )
    return found


def problems_of_files(documents: Iterable[Document]) -> list[str]:
    """Lines outside of all blocks that are not Prisma, such as conflict markers."""
    return [
        f"{one.path}:{number + 1}: {one.lines[number].strip()!r} cannot be understood: "
        "correct it first."
        for one in documents
        for number in one.unknown
    ]


def _names(match: Match) -> list[str]:
    """Models and fields that better-auth would access under another name."""
    assert match.document and match.block
    table, block = match.table, match.block
    # The Prisma client has each model under its name with a lower-case first letter.
    is_found = block.name in (table.asked, table.asked[:1].upper() + table.asked[1:])
    fields = {asked: one.name for asked, one in match.fields.items() if one.name != asked}
    if is_found and not fields:
        return []
    asked = [] if is_found else [table.asked]
    renaming = _renaming(table, None if is_found else block.name, fields)
    return [
        f"{match.document.path}:{block.start + 1}: {block.name} is found, but better-auth asks for "
        f"{', '.join([*asked, *fields])}: {renaming}."
    ]


def _renaming(table: Table, model: str | None, fields: dict[str, str]) -> str:
    """The option of auth.ts that maps a table and its fields to the schema's names."""
    names = ", ".join(f'{table.keys.get(one, one)}: "{name}"' for one, name in fields.items())
    if model and table.is_plural:
        return f"rename it to {table.name}, or leave usePlural out in auth.ts"
    problem = [f'modelName: "{model[:1].lower()}{model[1:]}"'] if model else []
    problem += [f"fields: {{ {names} }}"] if fields else []
    entry = f"{table.key}: {{ {', '.join(problem)} }}"
    if table.origin == "core":
        return f"write {entry} in auth.ts"
    return f"write schema: {{ {entry} }} in the options of {table.origin} in auth.ts"


def _strategy(kind: str) -> str:
    return f'write advanced: {{ database: {{ generateId: "{kind}" }} }} in auth.ts.'


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def _place(match: Match, one: Field) -> str:
    assert match.document and match.block
    return f"{match.document.path}:{one.line + 1}: {match.block.name}.{one.name}"


def _remedy(match: Match) -> str:
    """How to fix a required field that better-auth does not fill."""
    ways = ["Make it optional", "give it a default"]
    if match.table.key in ("user", "session", "account"):
        ways.append("declare it in auth.ts (additionalFields)")
    return f"{', '.join(ways[:-1])}{',' * (len(ways) > 2)} or {ways[-1]}"


def _must_be_filled(one: Field) -> bool:
    return not one.is_filled and "@id" not in one.attributes.split()


def _cannot_be_added(column: Column) -> bool:
    is_filled = column.is_optional or column.type.endswith("[]") or "@default" in column.attributes
    return not (column.is_relation or is_filled)


def _conflict(
    match: Match,
    matches: list[Match],
    column: Column,
    existing: Field,
    enums: dict[str, list[str]],
    models: set[str],
    needs: Needs,
) -> str | None:
    """Why a field cannot hold the values of a column, or None."""
    assert match.block
    if re.search(r"@ignore\b", existing.attributes):
        return "is not in Prisma's client: remove @ignore."
    if existing.type in models:
        return f"is a relation, but better-auth keeps {column.type} under that name: rename yours."
    if existing.type not in SCALARS | {*enums}:
        return None
    if existing.is_list != column.type.endswith("[]"):
        return f"is not the {column.type} that better-auth writes: change it to {column.type}."
    if column.name == "id":
        return _conflict_of_ids(column, existing, needs)
    target, key = _target(match, matches, column)
    relations = [(one.type, names_in("fields", one.relation or "")) for one in match.block.fields]
    theirs = [model for model, keys in relations if keys == [existing.name]]
    if target and theirs and target.name not in theirs:
        return (
            f"refers to {theirs[0]}, but better-auth's to {target.name}: make auth.ts (modelName) "
            "and the schema agree."
        )
    holders = {column.base} | _HOLDERS.get(column.base, set())
    if target:
        holders = {column.base, key.type} if key else SCALARS
    default = match.table.defaults.get(column.name)
    if existing.type in enums:
        if column.base != "String":
            return f"is an enum, but better-auth writes {column.base}: change its type."
        if isinstance(default, str) and default not in enums[existing.type]:
            return (
                f"is the enum {existing.type}, which has no {default!r}, better-auth's default: "
                "add it, or configure another default in auth.ts."
            )
    elif existing.type not in holders:
        return f"is {existing.type}, but better-auth writes {column.base}: change its type."
    elif key and _is_uuid(key) != _is_uuid(existing):
        if _is_uuid(key):
            return "refers to a uuid: add @db.Uuid."
        return "is a uuid, but refers to none: remove @db.Uuid."
    is_filled = match.table.is_hooked or column.name in match.table.defaults
    is_filled |= (match.table.key, column.name) in _ALWAYS_FILLED
    if column.is_optional and not is_filled and _must_be_filled(existing):
        return (
            "is required, but better-auth may leave it out: make it optional or give it a default."
        )
    return None


def _conflict_of_ids(column: Column, existing: Field, needs: Needs) -> str | None:
    """Why ``generateId`` cannot generate a table's ids, or None."""
    strategy = needs.id_strategy
    is_number, is_uuid = existing.type in ("Int", "BigInt"), _is_uuid(existing)
    if strategy == "serial" and not is_number:
        return f'is {existing.type}, but generateId is "serial" in auth.ts: make it {column.base}.'
    if strategy in ("default", "uuid") and is_number:
        return f"is a number, but better-auth makes other ids: {_strategy('serial')}"
    if strategy == "default" and is_uuid:
        return f"is a uuid, but better-auth makes other ids: {_strategy('uuid')}"
    made_there = strategy in ("serial", "database") or (
        strategy == "uuid" and needs.provider.columns.uuid
    )
    if made_there and not existing.is_filled:
        return (
            "has no default, but better-auth leaves ids to the database by generateId in "
            f"auth.ts: add {column.attributes.removeprefix('@id ')}."
        )
    return None


def _target(
    match: Match, matches: list[Match], column: Column
) -> tuple[Match | None, Field | None]:
    """The table and the field that a foreign key refers to."""
    for relation in match.table.columns:
        if relation.foreign_keys == [column.name]:
            (name,) = names_in("references", relation.attributes)
            target = next((one for one in matches if one.table.name == relation.base), None)
            return target, target.fields.get(name) if target else None
    return None, None


def _is_uuid(one: Field) -> bool:
    return one.native_type == "@db.Uuid"
