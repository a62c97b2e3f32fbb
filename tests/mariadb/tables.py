"""The tables that Prisma creates on MySQL, because its engine cannot run here.

Prisma's schema engine for MySQL exists only as a native program, which is downloaded from Prisma's
host. The type mapping is the documented one:
https://www.prisma.io/docs/orm/overview/databases/mysql#type-mapping-between-mysql-and-prisma-schema
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.node import ask_prisma

_TYPES = {
    "String": "VARCHAR(191)",
    "Boolean": "BOOLEAN",
    "Int": "INTEGER",
    "BigInt": "BIGINT",
    "Float": "DOUBLE",
    "Decimal": "DECIMAL(65, 30)",
    "DateTime": "DATETIME(3)",
    "Json": "JSON",
    "Bytes": "LONGBLOB",
}
_ON_DELETE = {"Cascade": "CASCADE", "SetNull": "SET NULL", "Restrict": "RESTRICT"}


def create_tables(schema: str) -> list[str]:
    """The statements that create the tables of a Prisma schema."""
    [meaning] = ask_prisma([schema], "meaning")
    enums = {
        enum["name"]: [value["dbName"] or value["name"] for value in enum["values"]]
        for enum in meaning["enums"]
    }
    models = {model["name"]: model for model in meaning["models"]}
    tables = [_table(model, enums) for model in models.values()]
    indexes = [
        _index(models[index["model"]], index) for index in map(json.loads, meaning["indexes"])
    ]
    keys = [key for model in models.values() for key in _foreign_keys(model, models)]
    return [*tables, *filter(None, indexes), *keys]


def _table(model: dict[str, Any], enums: dict[str, list[str]]) -> str:
    columns = [
        f"`{_column(field)}` {_definition(field, enums)}"
        for field in model["fields"]
        if field["kind"] != "object"
    ]
    [primary] = [field for field in model["fields"] if field["isId"]]
    lines = ", ".join([*columns, f"PRIMARY KEY (`{_column(primary)}`)"])
    charset = "DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"
    return f"CREATE TABLE `{_name(model)}` ({lines}) {charset}"


def _definition(field: dict[str, Any], enums: dict[str, list[str]]) -> str:
    if field["kind"] == "enum":
        values = ", ".join(f"'{value}'" for value in enums[field["type"]])
        kind = f"ENUM({values})"
    elif field["nativeType"]:
        name, arguments = field["nativeType"]
        kind = f"{name.upper()}({', '.join(arguments)})" if arguments else name.upper()
    else:
        kind = _TYPES[field["type"]]
    null = "NOT NULL" if field["isRequired"] else "NULL"
    return f"{kind} {null}{_default(field.get('default'))}"


def _default(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return " DEFAULT CURRENT_TIMESTAMP(3)" if value["name"] == "now" else ""
    return f" DEFAULT {json.dumps(value)}" if not isinstance(value, str) else f" DEFAULT '{value}'"


def _index(model: dict[str, Any], index: dict[str, Any]) -> str | None:
    if index["type"] == "id":
        return None
    names = {field["name"]: _column(field) for field in model["fields"]}
    unique = index["type"] == "unique"
    fields = [names[each["name"]] for each in index["fields"]]
    columns = ", ".join(
        f"`{name}`({each['length']})" if "length" in each else f"`{name}`"
        for name, each in zip(fields, index["fields"], strict=True)
    )
    name = index.get("dbName") or "_".join([_name(model), *fields, "key" if unique else "idx"])
    kind = "UNIQUE INDEX" if unique else "INDEX"
    return f"CREATE {kind} `{name}` ON `{_name(model)}` ({columns})"


def _foreign_keys(model: dict[str, Any], models: dict[str, Any]) -> Iterator[str]:
    for field in model["fields"]:
        if field.get("relationFromFields"):
            [here], [there] = field["relationFromFields"], field["relationToFields"]
            other = models[field["type"]]
            default = "Restrict" if field["isRequired"] else "SetNull"
            deleted = _ON_DELETE[field.get("relationOnDelete") or default]
            yield (
                f"ALTER TABLE `{_name(model)}` ADD FOREIGN KEY (`{_column_of(model, here)}`)"
                f" REFERENCES `{_name(other)}` (`{_column_of(other, there)}`)"
                f" ON DELETE {deleted} ON UPDATE CASCADE"
            )


def _column_of(model: dict[str, Any], name: str) -> str:
    return next(_column(field) for field in model["fields"] if field["name"] == name)


def _column(field: dict[str, Any]) -> str:
    return str(field.get("dbName") or field["name"])


def _name(model: dict[str, Any]) -> str:
    return str(model["dbName"] or model["name"])
