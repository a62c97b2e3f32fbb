"""What the database says about its tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from better_auth.schema import IntrospectedSchema
from sqlalchemy import Connection, Table, inspect

from better_auth_prisma.column_types import refined_type


def introspect(connection: Connection, tables: Mapping[str, Table]) -> IntrospectedSchema:
    """The columns of those tables that are there, under better-auth's names.

    Refines the types of ``tables`` by what it finds.
    """
    names = {table.name: model for model, table in tables.items()}
    found = inspect(connection).get_multi_columns(filter_names=list(names))
    return {
        names[name]: _columns(tables[names[name]], columns)
        for (_, name), columns in found.items()
        if name in names
    }


def _columns(table: Table, columns: list[Any]) -> list[dict[str, Any]]:
    fields = {column.name: column for column in table.columns}
    found = []
    for column in columns:
        field = fields.get(column["name"])
        if field is not None:
            field.type = refined_type(field.type, column["type"])
        found.append(
            {
                "name": field.key if field is not None else column["name"],
                "nullable": column["nullable"],
                "has_default": column.get("default") is not None
                or column.get("autoincrement") is True,
            }
        )
    return found
