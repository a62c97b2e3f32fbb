"""Prisma types and attributes of fields, by the rules of better-auth's own generator.

Ours differ where its output is invalid (lists and Json on databases without them, numbers as ids on
CockroachDB) or useless (ids that nothing generates).
"""

from __future__ import annotations

import json
from typing import Any

from better_auth_setup.providers import Columns

_SCALARS = {"string": "String", "number": "Int", "boolean": "Boolean", "date": "DateTime"}


def id_definition(strategy: str, columns: Columns) -> tuple[str, str]:
    """The type and attributes of ``id`` for a value of ``generateId``."""
    if strategy == "serial":
        return columns.serial, "@id @default(autoincrement())"
    if strategy == "uuid" and columns.uuid:
        return "String", '@id @default(dbgenerated("pg_catalog.gen_random_uuid()")) @db.Uuid'
    return "String", "@id @default(cuid())" if strategy == "database" else "@id"


def definition(field: dict[str, Any], strategy: str, columns: Columns) -> tuple[str, str]:
    """The type and attributes of a field, as JSON of ``describe.mjs``.

    Raises:
        ValueError: better-auth has no such type.
    """
    kind, is_id = field["type"], (field.get("references") or {}).get("field") == "id"
    if is_id:
        kind = "number" if strategy == "serial" else "string"
    attributes = ["@unique"] if field["unique"] else []
    if kind in ("string[]", "number[]"):
        if columns.lists:
            return _SCALARS[kind[:-2]] + "[]", " ".join(attributes + _list_default(field))
        mark = "?" if kind == "string[]" and not field["required"] else ""
        return f"String{mark}", " ".join(attributes)
    if kind == "json":
        scalar = "Json" if columns.lists else "String"
    elif isinstance(kind, list):
        scalar = "String"
    elif kind in _SCALARS:
        scalar = id_definition(strategy, columns)[0] if is_id else _SCALARS[kind]
        scalar = "BigInt" if kind == "number" and field["bigint"] else scalar
    else:
        raise ValueError(kind)
    attributes += _default(field, scalar, columns)
    if is_id and strategy == "uuid" and columns.uuid:
        attributes.append("@db.Uuid")
    if columns.text and (isinstance(kind, list) or kind == "string"):
        if field.get("length"):
            attributes.append(f"@db.VarChar({field['length']})")
        elif not (field["unique"] or field.get("references")):
            attributes.append(columns.text)
    return scalar + ("" if field["required"] else "?"), " ".join(attributes)


def _list_default(field: dict[str, Any]) -> list[str]:
    value = field.get("default")
    return [f"@default({json.dumps(value)})"] if isinstance(value, list) else []


def _default(field: dict[str, Any], scalar: str, columns: Columns) -> list[str]:
    if field["key"] == "updatedAt" and field["onUpdate"]:
        return ["@updatedAt"]
    if field["key"] == "createdAt" and "fills" in field:
        return ["@default(now())"]
    value = field.get("default")
    if isinstance(value, bool):
        return [f"@default({str(value).lower()})"] if scalar == "Boolean" else []
    if isinstance(value, int) and scalar in ("Int", "BigInt"):
        return [f"@default({value})"]
    if scalar == "Json" and value is not None:
        return [f"@default({_quoted(json.dumps(value, separators=(',', ':')))})"]
    if isinstance(value, str) and scalar == "String" and not columns.text:
        return [f"@default({_quoted(value)})"]
    return []


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
