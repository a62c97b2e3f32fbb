"""Inserts the tables of a new release into the catalogue, after the existing ones.

What was released once keeps its text, its group and its place in ``schema.prisma``, or updates
would conflict with owners' edits nearby.
"""

from __future__ import annotations

import json
from typing import Any

from hooks.official import FEATURES

Catalogue = dict[str, Any]

#: The last model of the file: the models of all plugins are inserted before it.
LAST_MODEL = "Verification"


def append(catalogue: Catalogue, rows: list[dict[str, Any]], version: str) -> Catalogue:
    """The catalogue with the additions of ``rows``, without what they lack.

    Args:
        catalogue: the one that was released last; empty for the first one.
        rows: what ``record`` gives.
        version: the better-auth version that the rows are of.
    """
    first = not catalogue
    models: list[dict[str, Any]] = json.loads(json.dumps(catalogue.get("models", [])))
    by_name = {model["name"]: model for model in models}
    present: set[tuple[str, str]] = set()
    for row in rows:
        name, feature = row["model"], row["feature"]
        model = by_name.get(name)
        if model is None:
            model = {"name": name, "feature": feature, "groups": [], "tail": [], "attributes": []}
            by_name[name] = model
            models.insert(place(models, feature), model)
        is_new_model = not model["groups"]
        update(model, row, None if first or is_new_model else version)
        present |= {(name, field[0]) for field in row["fields"]}
        present |= {(name, attribute[0]) for attribute in row["attributes"]}
    kept = [pruned for model in models if (pruned := prune(model, present))]
    return {"version": version, "features": list(FEATURES), "models": kept}


def place(models: list[dict[str, Any]], feature: str) -> int:
    """The index of a feature's new model: after the models of the features up to it."""
    order = ["core", *FEATURES]
    index = 0
    for number, model in enumerate(models):
        before = order.index(model["feature"]) <= order.index(feature)
        if before and (model["name"] != LAST_MODEL or feature == "core"):
            index = number + 1
    return index


def update(model: dict[str, Any], row: dict[str, Any], since: str | None) -> None:
    """Adds a feature's fields and attributes to a model."""
    fields = {field[0]: field for field in row["fields"]}
    lines = [line for group in model["groups"] for line in group["fields"]] + model["tail"]
    for line in lines:
        if line[0] in fields:
            line[:] = fields.pop(line[0])
    own = row["feature"] == model["feature"]
    if fields and own and since is None:
        body, model["tail"] = split_tail(list(fields.values()))
        model["groups"].append({"feature": row["feature"], "fields": body})
    elif fields:
        group = {"feature": row["feature"], "fields": list(fields.values())}
        if since and any(other["feature"] == row["feature"] for other in model["groups"]):
            group["since"] = since
        model["groups"].insert(group_place(model["groups"], row["feature"]), group)
    known = {attribute["line"][0] for attribute in model["attributes"]}
    for line in row["attributes"]:
        if line[0] not in known:
            model["attributes"].append({"feature": row["feature"], "line": line})
    model["attributes"].sort(key=lambda attribute: attribute_order(attribute["line"][0]))


def group_place(groups: list[dict[str, Any]], feature: str) -> int:
    order = ["core", *FEATURES]
    return 1 + max(
        (
            n
            for n, other in enumerate(groups)
            if order.index(other["feature"]) <= order.index(feature)
        ),
        default=0,
    )


def split_tail(fields: list[Any]) -> tuple[list[Any], list[Any]]:
    """A model's own fields, and its last ones: relations, else dates, else the last field."""
    for closes in (is_relation, is_date, lambda field: field is fields[-1]):
        tail = [field for field in fields if closes(field)]
        if tail and len(tail) < len(fields):
            return [field for field in fields if field not in tail], tail
    return fields, []


def is_relation(field: list[Any]) -> bool:
    scalars = ("String", "Int", "BigInt", "Boolean", "DateTime", "Json")
    return not field[1].startswith(scalars)


def is_date(field: list[Any]) -> bool:
    return field[0] in ("expiresAt", "createdAt", "updatedAt")


def attribute_order(line: str) -> int:
    return ["@@unique", "@@index", "@@map"].index(line.split("(")[0])


def prune(model: dict[str, Any], present: set[tuple[str, str]]) -> dict[str, Any] | None:
    """The model without what better-auth has removed; None if no field is left."""
    name = model["name"]
    for group in model["groups"]:
        group["fields"] = [line for line in group["fields"] if (name, line[0]) in present]
    model["groups"] = [group for group in model["groups"] if group["fields"]]
    model["tail"] = [line for line in model["tail"] if (name, line[0]) in present]
    model["attributes"] = [
        attribute for attribute in model["attributes"] if (name, attribute["line"][0]) in present
    ]
    return model if model["groups"] else None
