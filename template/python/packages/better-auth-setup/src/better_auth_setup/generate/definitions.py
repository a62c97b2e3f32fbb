"""Types and defaults of fields by the rules of better-auth's own Prisma generator (1.7.25).

Where its output is invalid (lists and Json on databases that have none), ours is text.
"""

from __future__ import annotations

import json
from typing import Any

from better_auth.schema import UNSET, Field

#: The databases in which Prisma holds lists and Json for better-auth.
_NATIVE = ("postgresql", "cockroachdb")


def id_definition(generate_id: object, provider: str) -> tuple[str, str]:
    """The type and attributes of ``id`` for better-auth's ``generate_id`` option."""
    if generate_id == "serial":
        kind = "BigInt" if provider == "cockroachdb" else "Int"
        return kind, "@id @default(autoincrement())"
    if generate_id == "uuid" and provider == "postgresql":
        return "String", '@id @default(dbgenerated("pg_catalog.gen_random_uuid()")) @db.Uuid'
    return "String", "@id"


def definition(name: str, one: Field, provider: str) -> tuple[str, str]:
    """The type and attributes of a field that a configuration or a plugin brings."""
    native = provider in _NATIVE
    is_list = one.type.endswith("[]")
    if is_list and native:
        kind = "Int" if one.type == "number[]" else "String"
        default = one.default if isinstance(one.default, list) else None
        return f"{kind}[]", "" if default is None else f"@default({json.dumps(default)})"
    scalars = {"number": "BigInt" if one.bigint else "Int", "boolean": "Boolean"}
    scalars |= {"datetime": "DateTime", "json": "Json" if native else "String"}
    scalar = scalars.get(one.type, "String")
    attributes = ["@unique"] if one.unique else []
    attributes += _default(name, one, scalar, provider)
    if provider == "mysql" and one.type in ("string", "text") and not _is_key(one):
        attributes.append("@db.Text")
    return scalar + ("" if one.required else "?"), " ".join(attributes)


def _is_key(one: Field) -> bool:
    return one.unique or one.references is not None


def _default(name: str, one: Field, scalar: str, provider: str) -> list[str]:
    if name == "updatedAt" and one.on_update is not None:
        return ["@updatedAt"]
    if name == "createdAt" and one.has_default():
        return ["@default(now())"]
    value: Any = one.default
    if value is UNSET or value is None or one.type.endswith("[]"):
        return []
    if isinstance(value, bool) and scalar == "Boolean":
        return [f"@default({str(value).lower()})"]
    if isinstance(value, int) and scalar in ("Int", "BigInt"):
        return [f"@default({value})"]
    if scalar == "Json":
        return [f"@default({_quoted(json.dumps(value, separators=(',', ':')))})"]
    if isinstance(value, str) and scalar == "String" and provider != "mysql":
        return [f"@default({_quoted(value)})"]
    return []


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
