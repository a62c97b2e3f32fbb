"""What stands in better-auth's way, said with model, field and remedy."""

from __future__ import annotations

from collections.abc import Iterable

from better_auth_setup.generate.document import Document, Field
from better_auth_setup.generate.habits import Habits
from better_auth_setup.generate.matching import Match
from better_auth_setup.generate.tables import SCALARS, Column

#: What else than itself may hold a type's values.
_HOLDERS = {"Int": {"BigInt", "Float"}, "String": {"Json"}, "Json": {"String"}}
#: Fields that are optional for better-auth, and that it fills in every row all the same.
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


def problems(documents: list[Document], matches: list[Match]) -> list[str]:
    """What would make better-auth fail on the schema as it is."""
    blocks = [block for document in documents for block in document.blocks]
    enums = {block.name for block in blocks if block.kind == "enum"}
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
        for column in match.table.columns:
            existing = match.fields.get(column.name)
            if existing:
                said = _conflict(match, matches, column, existing, enums, models)
                found += [f"{_place(match, existing)} {said}"] if said else []
        claimed = {one.name for one in match.fields.values()}
        claimed |= {other.name for c in match.table.columns if (other := match.look_alike(c))}
        if not match.table.is_hooked:
            found += [
                f"{_place(match, one)} is required, and better-auth does not fill it: every insert "
                f"would fail. {_remedy(match, one)}."
                for one in match.block.fields
                if one.name not in claimed and one.type in SCALARS | enums and _must_be_filled(one)
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
        found.append(f"{match.document.path}:{number + 1}: {line!r} is no field: put it right.")
    place = f"{match.document.path}:{match.block.start + 1}: {match.block.name}"
    for column in columns:
        other = match.look_alike(column)
        if other:
            found.append(
                f"{_place(match, other)} looks like {column.name} under another name: write "
                f'{column.name} … @map("{other.column}"), or tell prisma_adapter(…, columns='
                f'{{"{match.table.key}": {{"{column.name}": "{other.column}"}}}}).'
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
                "optional in auth.py if it is a field of your own."
            )
    return found


def problems_of_files(documents: Iterable[Document]) -> list[str]:
    """Lines outside of all blocks that no schema has, such as the markers of a merge conflict."""
    return [
        f"{one.path}:{number + 1}: {one.lines[number].strip()!r} cannot be understood: "
        "put it right first."
        for one in documents
        for number in one.unknown
    ]


def notes(documents: list[Document], matches: list[Match], habits: Habits) -> list[str]:
    """What is right in the schema, but needs a word in ``auth.py``."""
    values = {
        block.name: block.values
        for document in documents
        for block in document.blocks
        if block.kind == "enum"
    }
    found = []
    for match in matches:
        for name, value in match.table.defaults.items():
            existing = match.fields.get(name)
            is_text = isinstance(value, str)
            if existing and is_text and value not in values.get(existing.type, [value]):
                found.append(
                    f"{_place(match, existing)} is the enum {existing.type}, which has no "
                    f"{value!r}, better-auth's default: add it, or configure another default."
                )
    user = next((one for one in matches if one.table.key == "user"), None)
    key = user.fields.get("id") if user else None
    if user and key and key.native_type == "@db.Uuid" and user.table.generate_id is True:
        found.append(
            f"{_place(user, key)} is a uuid, but better-auth makes other ids: {_ids('uuid')}"
        )
    return found + _names_for_adapter(matches, habits)


def _names_for_adapter(matches: list[Match], habits: Habits) -> list[str]:
    tables: dict[str, str] = {}
    columns: dict[str, dict[str, str]] = {}
    for match in matches:
        table = match.table
        if not table.is_named_by_adapter:
            return []
        if match.block:
            name = match.block.table
        else:
            mapped = habits.map_attribute(table)
            name = mapped[0].split('"')[1] if mapped else habits.model_name(table)
        tables |= {table.key: name} if name != (table.map or table.key) or table.map else {}
        renamed = {}
        for column in table.columns:
            existing = match.fields.get(column.name)
            actual = existing.column if existing else habits.column_map(column) or column.name
            if not column.is_relation and (column.map or actual != column.name):
                renamed[column.name] = actual
        columns |= {table.key: renamed} if renamed else {}
    said = [f"tables={_written(tables)}"] if tables else []
    said += [f"columns={_written(columns)}"] if columns else []
    told_tables = {one.table.key: one.table.map for one in matches if one.table.map}
    told_columns = {
        one.table.key: maps
        for one in matches
        if (maps := {c.name: c.map for c in one.table.columns if c.map})
    }
    if (tables, columns) == (told_tables, told_columns):
        return []
    return [
        f"Tell the adapter how the database names things: prisma_adapter(…, {', '.join(said)})."
    ]


def _ids(kind: str) -> str:
    return f'set advanced=AdvancedDatabase(generate_id="{kind}") in prisma_adapter(…).'


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def _written(names: object) -> str:
    return repr(names).replace("'", '"')


def _place(match: Match, one: Field) -> str:
    assert match.document and match.block
    return f"{match.document.path}:{one.line + 1}: {match.block.name}.{one.name}"


def _remedy(match: Match, one: Field) -> str:
    """How a field that nobody fills can be put right."""
    if "@updatedAt" in one.attributes:
        # Prisma's client sets the time; the Python server does not write through it.
        return "Put @default(now()) before @updatedAt"
    ways = ["Make it optional", "give it a default that the database knows"]
    if match.table.key in ("user", "session", "account"):
        ways.append("declare it in auth.py (additional_fields)")
    return f"{', '.join(ways[:-1])}{',' * (len(ways) > 2)} or {ways[-1]}"


def _must_be_filled(one: Field) -> bool:
    is_id = "@id" in one.attributes.split()
    return not (one.is_list or one.is_optional or one.is_filled_by_database or is_id)


def _cannot_be_added(column: Column) -> bool:
    is_filled = column.is_optional or column.type.endswith("[]") or "@default" in column.attributes
    return not (column.is_relation or is_filled)


def _conflict(
    match: Match,
    matches: list[Match],
    column: Column,
    existing: Field,
    enums: set[str],
    models: set[str],
) -> str | None:
    """Why a field cannot hold the values of a column."""
    if existing.type in models:
        return f"is a relation, but better-auth keeps {column.type} under that name: rename yours."
    if existing.type not in SCALARS | enums:
        return None
    if existing.is_list != column.type.endswith("[]"):
        return f"is no {column.type}, which better-auth writes: change it to {column.type}."
    if existing.type in enums:
        fits = column.base == "String"
    else:
        fits = existing.type in _types(match, matches, column)
    if not fits and column.name == "id" and existing.type in ("Int", "BigInt"):
        return f"is a number, but better-auth makes other ids: {_ids('serial')}"
    if not fits:
        return f"is {existing.type}, but better-auth writes {column.base}: change its type."
    is_filled = match.table.is_hooked or column.name in match.table.defaults
    is_filled |= (match.table.key, column.name) in _ALWAYS_FILLED
    is_filled |= "@default" in column.attributes or "@updatedAt" in column.attributes
    if column.is_optional and not is_filled and _must_be_filled(existing):
        return (
            "is required, but better-auth may leave it out: make it optional or give it a default."
        )
    return None


def _types(match: Match, matches: list[Match], column: Column) -> set[str]:
    """The scalar types that can hold a column's values."""
    if column.name == "id" and match.table.generate_id not in (True, "uuid"):
        return {"Int", "BigInt"} if match.table.generate_id == "serial" else SCALARS
    for relation in match.table.columns:
        if relation.foreign_keys == [column.name]:
            target = next((one for one in matches if one.table.name == relation.base), None)
            key = target.fields.get("id") if target else None
            return {column.base, key.type} if key else SCALARS
    return {column.base} | _HOLDERS.get(column.base, set())
