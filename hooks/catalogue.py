"""Records the tables of the pinned better-auth in ``template/shared/catalogue.jinja``.

Usage: python -m hooks.catalogue [--check] [--versions FILE] [--output FILE]

The real generator is asked for every feature (a plugin, or an option that adds to the schema) on
every provider, and what it writes is recorded as data. Its output is additive: what two features
write together is what each writes alone, so a catalogue of single features is enough.

A catalogue is only ever appended to. What was released once keeps its text, its group and its
place in ``schema.prisma``, or updates would conflict with what people edited nearby: new fields go
into a group of the release that brought them, new models behind the other models of their feature.
Only what better-auth itself took out goes.

``--versions`` names a JSON file of npm versions in place of the pinned ones, ``--output`` another
catalogue to append to: this is how the catalogues of older releases are made.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from hooks import node
from hooks.deviations import prisma_can_read
from hooks.generator_output import Model, parse

HOOKS = Path(__file__).resolve().parent
CATALOGUE = HOOKS.parent / "template" / "shared" / "catalogue.jinja"
PROVIDERS = ["postgresql", "mysql", "sqlite", "sqlserver", "cockroachdb"]
FEATURES: dict[str, dict[str, str]] = json.loads((HOOKS / "official_features.json").read_text())

#: What a feature cannot do without, so that what it adds can be told from what they add.
NEEDS = {
    "oauth-provider": ["jwt"],
    "stripe-organization": ["organization", "stripe-subscription"],
}

#: The core model that closes the file, so that every plugin's models have one behind them.
LAST_MODEL = "Verification"

HEADER = """\
{#-
  The tables of better-auth, as its own generator writes them. Made by `python -m hooks.catalogue`:
  do not edit. A model has groups of fields, each of one feature, and a tail; a field is a name, a
  type and attributes, and the same for the providers that differ.
-#}
"""

Catalogue = dict[str, Any]


def foundation(feature: str) -> list[str]:
    """The features that stand below one."""
    below = [FEATURES[feature]["plugin"]] if "plugin" in FEATURES[feature] else []
    for needed in NEEDS.get(feature, []):
        below += [name for name in [*foundation(needed), needed] if name not in below]
    return below


def ask(questions: list[dict[str, Any]], versions: dict[str, str], *flags: str) -> list[str]:
    """The official generator's schemas for ``{provider, features}``, in that order."""
    folder = node.install(versions, *flags)
    stdin = json.dumps({"features": FEATURES, "questions": questions})
    answers: list[str] = json.loads(node.run(HOOKS / "official.mjs", folder, stdin))
    return answers


def official_models(versions: dict[str, str]) -> dict[str, dict[str, dict[str, Model]]]:
    """By feature (core among them) and provider, the models with and without the feature."""
    names = ["core", *FEATURES]
    questions = []
    for name in names:
        below = [] if name == "core" else foundation(name)
        own = [] if name == "core" else [name]
        for provider in PROVIDERS:
            questions += [
                {"provider": provider, "features": below},
                {"provider": provider, "features": below + own},
            ]
    answers = iter(ask(questions, versions, "--legacy-peer-deps"))
    models: dict[str, dict[str, dict[str, Model]]] = {}
    for name in names:
        models[name] = {}
        for provider in PROVIDERS:
            before, after = parse(next(answers)), parse(next(answers))
            models[name][provider] = after if name == "core" else added(before, after)
    return models


def added(before: dict[str, Model], after: dict[str, Model]) -> dict[str, Model]:
    """What the second schema has and the first one has not."""
    result = {}
    for name, model in after.items():
        known = before.get(name, Model())
        fields = {key: value for key, value in model.fields.items() if key not in known.fields}
        attributes = [line for line in model.attributes if line not in known.attributes]
        if fields or attributes:
            result[name] = Model(fields, attributes)
    return result


def record(models: dict[str, dict[str, dict[str, Model]]]) -> list[dict[str, Any]]:
    """The flat list of what each feature gives each model: fields and attributes by provider."""
    rows = []
    for feature, by_provider in models.items():
        for name, model in by_provider["postgresql"].items():
            variants = {provider: by_provider[provider][name] for provider in PROVIDERS}
            fields = [field_row(key, variants) for key in model.fields]
            attributes = [
                attribute_row([variants[provider].attributes[index] for provider in PROVIDERS])
                for index in range(len(model.attributes))
            ]
            rows.append(
                {"feature": feature, "model": name, "fields": fields, "attributes": attributes}
            )
    return rows


def field_row(name: str, variants: dict[str, Model]) -> list[Any]:
    usual = prisma_can_read("postgresql", *variants["postgresql"].fields[name])
    row: list[Any] = [name, *usual]
    others = {
        provider: list(prisma_can_read(provider, *model.fields[name]))
        for provider, model in variants.items()
    }
    differing = {provider: value for provider, value in others.items() if value != list(usual)}
    return [*row, differing] if differing else row


def attribute_row(lines: list[str]) -> list[Any]:
    usual = lines[0]
    differing = {
        provider: line for provider, line in zip(PROVIDERS, lines, strict=True) if line != usual
    }
    return [usual, differing] if differing else [usual]


def append(catalogue: Catalogue, rows: list[dict[str, Any]], version: str) -> Catalogue:
    """The catalogue with what is new in ``rows``, and without what is gone.

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
    """Where a new model of a feature goes: behind those of the features up to it."""
    order = ["core", *FEATURES]
    index = 0
    for number, model in enumerate(models):
        before = order.index(model["feature"]) <= order.index(feature)
        if before and (model["name"] != LAST_MODEL or feature == "core"):
            index = number + 1
    return index


def update(model: dict[str, Any], row: dict[str, Any], since: str | None) -> None:
    """Takes a feature's fields and attributes into a model."""
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
    """A model's own fields, and those that close it: relations, else dates, else the last one."""
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
    """The model without what better-auth does not have any more; nothing if nothing is left."""
    name = model["name"]
    for group in model["groups"]:
        group["fields"] = [line for line in group["fields"] if (name, line[0]) in present]
    model["groups"] = [group for group in model["groups"] if group["fields"]]
    model["tail"] = [line for line in model["tail"] if (name, line[0]) in present]
    model["attributes"] = [
        attribute for attribute in model["attributes"] if (name, attribute["line"][0]) in present
    ]
    return model if model["groups"] else None


def dump(catalogue: Catalogue) -> str:
    """The catalogue as a Jinja file, a line a field."""
    lines = [f'{{%- set catalogue = {{\n  "version": {json.dumps(catalogue["version"])},']
    lines.append(f'  "features": {json.dumps(catalogue["features"])},\n  "models": [')
    for model in catalogue["models"]:
        head = {key: model[key] for key in ("name", "feature")}
        lines.append(f'    {json.dumps(head)[:-1]}, "groups": [')
        for group in model["groups"]:
            head = {key: value for key, value in group.items() if key != "fields"}
            lines.append(f'      {json.dumps(head)[:-1]}, "fields": [')
            lines += [f"        {json.dumps(field)}," for field in group["fields"]]
            lines[-1] = lines[-1][:-1] + "\n      ]},"
        lines[-1] = lines[-1][:-1] + '\n    ], "tail": ['
        lines += [f"      {json.dumps(field)}," for field in model["tail"]]
        lines[-1] = lines[-1].removesuffix(",") + '\n    ], "attributes": ['
        lines += [f"      {json.dumps(attribute)}," for attribute in model["attributes"]]
        lines[-1] = lines[-1].removesuffix(",") + "\n    ]},"
    lines[-1] = lines[-1][:-1] + "\n  ]\n} -%}\n"
    return HEADER + "\n".join(lines)


def load(path: Path) -> Catalogue:
    """A catalogue from its Jinja file; an empty one if there is none."""
    if not path.exists():
        return {}
    text = path.read_text(encoding="utf-8")
    body = text.split("set catalogue = ", 1)[1].rsplit(" -%}", 1)[0]
    catalogue: Catalogue = json.loads(body)
    return catalogue


def main() -> None:
    parser = argparse.ArgumentParser(description="Record the tables of the pinned better-auth.")
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
    parser.add_argument("--versions", type=Path, help="a JSON file of npm versions")
    parser.add_argument("--output", type=Path, default=CATALOGUE, help="the catalogue to append to")
    options = parser.parse_args()
    versions = json.loads(options.versions.read_text()) if options.versions else None
    versions = versions or node.pinned(*node.BETTER_AUTH)
    rows = record(official_models(versions))
    fresh = dump(append(load(options.output), rows, versions["better-auth"]))
    if options.check:
        if options.output.read_text(encoding="utf-8") != fresh:
            sys.exit("The catalogue is not up to date; run: python -m hooks.catalogue")
    else:
        options.output.write_text(fresh, encoding="utf-8")


if __name__ == "__main__":
    main()
