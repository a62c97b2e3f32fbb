"""The naming conventions of a project's auth models, for new models and fields."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from better_auth_setup.generate.document import Block, Document
from better_auth_setup.generate.matching import Match
from better_auth_setup.generate.tables import Column, Table


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


#: Conversions of better-auth's name to a table's, the usual one first.
_TABLE_STYLES: list[Callable[[str], str]] = [
    lambda key: key,
    _snake,
    lambda key: f"{key}s",
    lambda key: f"{_snake(key)}s",
]


@dataclass
class Conventions:
    """The conventions that a project's existing models share."""

    #: the file for new models
    home: Document
    #: converts better-auth's name to the table's; None if models have no ``@@map``
    table_style: Callable[[str], str] | None
    snake_columns: bool
    lower_models: bool
    #: the ``@@schema`` line, if models have one
    schema: str | None
    indent: str

    def model_name(self, table: Table) -> str:
        return table.name[:1].lower() + table.name[1:] if self.lower_models else table.name

    def map_attribute(self, table: Table) -> list[str]:
        """The ``@@map`` of a new model, in a list; empty if the table has the model's name."""
        name = self.table_style(table.asked) if self.table_style else self.model_name(table)
        return [] if name == self.model_name(table) else [f'@@map("{name}")']

    def column_map(self, column: Column) -> str | None:
        """The column name of a new field, if it differs from the field's name."""
        snake = _snake(column.name)
        is_other = self.snake_columns and not column.is_relation and snake != column.name
        return snake if is_other else None


def detect(documents: list[Document], matches: list[Match]) -> Conventions:
    """Detects the conventions of the existing models; without any, the official generator's."""
    there = [one for one in matches if one.block and one.document]
    # better-auth's models may have a file of their own, with User in another one.
    by_key = {one.table.key: one for one in there}
    at_home = next((by_key[key] for key in ("session", "account", "user") if key in by_key), None)
    home = at_home.document if at_home and at_home.document else documents[-1]
    blocks = [(one.table.asked, one.block) for one in there if one.block]
    user = by_key["user"].block if "user" in by_key else None
    snake_columns = _has_snake_columns(there)
    return Conventions(
        home,
        _table_style(blocks, snake_columns),
        snake_columns,
        user is not None and user.name[:1].islower(),
        _schema(documents, user),
        home.indent(at_home.block if at_home else None),
    )


def _table_style(
    blocks: list[tuple[str, Block]], snake_columns: bool
) -> Callable[[str], str] | None:
    mapped = [(key, block.table) for key, block in blocks if block.attribute("@@map")]
    if blocks and not mapped:
        return None
    # "user" is the same in all conventions; the columns tell them apart.
    styles = sorted(_TABLE_STYLES, key=lambda s: s("aB").islower() is not snake_columns)
    fits = (style for style in styles if all(style(key) == table for key, table in mapped))
    return next(fits, _TABLE_STYLES[0]) if mapped else _TABLE_STYLES[0]


def _has_snake_columns(matches: list[Match]) -> bool:
    fields = [
        (name, one)
        for match in matches
        for name, one in match.fields.items()
        if _snake(name) != name
    ]
    snake = [one for name, one in fields if "@map" in one.attributes and one.column == _snake(name)]
    return len(snake) > len(fields) / 2


def _schema(documents: list[Document], user: Block | None) -> str | None:
    blocks = [block for one in documents for block in one.blocks if block.kind == "model"]
    for block in [user, *blocks] if user else blocks:
        if attribute := block.attribute("@@schema"):
            return attribute
    sources = (block.settings.get("schemas", "") for one in documents for block in one.blocks)
    named = next((found[1] for one in sources if (found := re.search(r'"([^"]+)"', one))), None)
    return f'@@schema("{named}")' if named else None
