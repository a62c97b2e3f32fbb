"""Pydantic models of a user and a session; projects add their own fields in subclasses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from pydantic.errors import PydanticInvalidForJsonSchema

from better_auth_sidecar.configuration import Field, Table


class Row(BaseModel):
    """A row of one of better-auth's tables.

    The field ``phone_number`` is better-auth's ``phoneNumber``, in the database and in JSON.
    Columns without a field are ignored.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        # The values of a row are personal data, which must not reach the logs.
        hide_input_in_errors=True,
    )


class User(Row):
    """A user, with better-auth's core fields."""

    id: str
    name: str
    email: str
    email_verified: bool
    image: str | None = None
    created_at: datetime
    updated_at: datetime


class Session(Row):
    """A session, without its token, which is a credential."""

    id: str
    user_id: str
    expires_at: datetime
    created_at: datetime
    updated_at: datetime
    ip_address: str | None = None
    user_agent: str | None = None


def fields_of(model: type[Row]) -> dict[str, str]:
    """A model's field names, keyed by better-auth's field names."""
    return {
        field.validation_alias if isinstance(field.validation_alias, str) else to_camel(name): name
        for name, field in model.model_fields.items()
    }


def mismatches(model: type[Row], table: Table, options: str) -> list[str]:
    """Mismatches between a Python model and a table of better-auth, a sentence each.

    Args:
        model: the Python model.
        table: better-auth's table.
        options: the key of ``auth.ts`` that configures the table, ``user`` or ``session``.
    """
    if not table.fields:  # secondary storage has neither columns nor types
        return []
    found = []
    for name, attribute in fields_of(model).items():
        if name == "id":
            continue
        place = f"{model.__name__}.{attribute}"
        field = table.fields.get(name)
        if field is None:
            near = get_close_matches(name, table.fields, n=1)
            hint = f"; there is {near[0]!r}" if near else ""
            found.append(
                f"Remove {place} from the model, or add {name!r} to {options}.additionalFields in "
                f"auth.ts, which has no such field{hint}."
            )
        elif not field.returned:
            found.append(
                f"Remove {place} from the model, or `returned: false` from {name!r} in auth.ts: "
                "better-auth keeps the field to itself."
            )
        elif wanted := _misfit(_kinds(model, name), field):
            found.append(
                f"Change the type of {place} to {wanted}: "
                f"{name!r} in auth.ts is {_in_words(field)}."
            )
    return found


#: better-auth's field types: the type in JSON Schema and in Python.
_KINDS = {
    "string": ("string", "str"),
    "number": ("number", "int or float"),
    "boolean": ("boolean", "bool"),
    "date": ("date", "datetime"),
    "string[]": ("array", "list[str]"),
    "number[]": ("array", "list[int]"),
}


def _misfit(kinds: set[str], field: Field) -> str | None:
    """The type that the model should have, or None if its type fits."""
    kind, annotation = _KINDS.get(field.type if isinstance(field.type, str) else "string", ("", ""))
    if "any" in kinds:
        return None
    if kind and kind not in kinds:
        return annotation if field.required else f"{annotation} | None"
    if not field.required and "null" not in kinds:
        return f"{annotation} | None" if kind else "one that may be None"
    return None


def _in_words(field: Field) -> str:
    kind = field.type if isinstance(field.type, str) else "a string"
    return kind if field.required else f"{kind}, or null because of `required: false`"


def _kinds(model: type[Row], name: str) -> set[str]:
    try:
        schema = model.model_json_schema()
    except PydanticInvalidForJsonSchema:
        return {"any"}
    return set(_walk(schema["properties"].get(name, {}), schema.get("$defs", {})))


def _walk(schema: dict[str, Any], definitions: dict[str, Any]) -> Iterator[str]:
    if "$ref" in schema:
        yield from _walk(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    elif alternatives := schema.get("anyOf") or schema.get("oneOf"):
        for alternative in alternatives:
            yield from _walk(alternative, definitions)
    elif schema.get("format") in ("date-time", "date"):
        yield "date"
    else:
        kind = schema.get("type", "string" if "enum" in schema else "any")
        yield "number" if kind == "integer" else kind
