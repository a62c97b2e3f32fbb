"""How a project writes its auth models, so that new ones are written alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from better_auth_setup.generate.document import Block, Document
from better_auth_setup.generate.matching import Match
from better_auth_setup.generate.tables import Column, Table


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


#: From the name that better-auth asks for to the table's, the usual one first.
_TABLE_STYLES: list[Callable[[str], str]] = [
    lambda key: key,
    _snake,
    lambda key: f"{key}s",
    lambda key: f"{_snake(key)}s",
]


@dataclass
class Habits:
    """What new models and fields of a project have in common with its old ones."""

    #: the file that gets new models
    home: Document
    #: from the name that better-auth asks for to the table's; nothing if models have no ``@@map``
    table_style: Callable[[str], str] | None
    snake_columns: bool
    lower_models: bool
    #: the line of ``@@schema``, where models have one
    schema: str | None
    indent: str

    def model_name(self, table: Table) -> str:
        return table.name[:1].lower() + table.name[1:] if self.lower_models else table.name

    def map_attribute(self, table: Table) -> list[str]:
        """``@@map`` of a new model, unless the project has none."""
        name = self.table_style(table.asked) if self.table_style else self.model_name(table)
        return [] if name == self.model_name(table) else [f'@@map("{name}")']

    def column_map(self, column: Column) -> str | None:
        """The name in the database of a new column, if it is not the field's."""
        snake = _snake(column.name)
        is_other = self.snake_columns and not column.is_relation and snake != column.name
        return snake if is_other else None


def habits(documents: list[Document], matches: list[Match]) -> Habits:
    """Learns from the models that are there; of a schema without any, the official ways."""
    there = [one for one in matches if one.block and one.document]
    # The models of better-auth may have a file of their own, and User may live elsewhere.
    by_key = {one.table.key: one for one in there}
    at_home = next((by_key[key] for key in ("session", "account", "user") if key in by_key), None)
    home = at_home.document if at_home and at_home.document else documents[-1]
    blocks = [(one.table.asked, one.block) for one in there if one.block]
    user = by_key["user"].block if "user" in by_key else None
    snake_columns = _has_snake_columns(there)
    return Habits(
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
    # "user" is written alike in all styles; a project's columns tell them apart.
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
