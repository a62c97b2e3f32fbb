"""Records the tables of the pinned better-auth in ``template/shared/catalogue.json``.

Also copies the providers' data to ``providers.json`` of both setup packages, which are published
without the template.

Usage: python -m hooks.catalogue [--check] [--versions FILE] [--output FILE]

The real generator is asked for every feature (a plugin, or an option that adds to the schema) on
every provider, and what it writes is recorded as data. Its output is additive: what two features
write together is what each writes alone, so a catalogue of single features is enough.

A catalogue is only ever appended to. What was released once keeps its text, its group and its
place in ``schema.prisma``, or updates would conflict with owners' edits nearby: new fields go
into a group of the release that brought them, new models behind the other models of their feature.
Only what better-auth itself has removed is removed.

``--versions`` names a JSON file of npm versions in place of the pinned ones, ``--output`` another
catalogue to append to: this is how the catalogues of older releases are made. ``releases/`` has
the versions of some; the committed catalogue began with the first of them.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

from hooks import data, node
from hooks.deviations import prisma_can_read
from hooks.generator_output import Model
from hooks.layout import Catalogue, append
from hooks.official import PROVIDERS, official_models

CATALOGUE = node.REPOSITORY / "template" / "shared" / "catalogue.json"
PROVIDERS_OF_SETUP = [
    node.REPOSITORY / "template" / place / "providers.json"
    for place in (
        "python/packages/better-auth-setup/src/better_auth_setup",
        "typescript/packages/better-auth-setup/src",
    )
]


def record(models: dict[str, dict[str, dict[str, Model]]]) -> list[dict[str, Any]]:
    """The fields and attributes that features add to models, by provider, as a flat list."""
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
    usual = prisma_can_read(*variants["postgresql"].fields[name])
    row: list[Any] = [name, *usual]
    others = {
        provider: list(prisma_can_read(*model.fields[name])) for provider, model in variants.items()
    }
    differing = {provider: value for provider, value in others.items() if value != list(usual)}
    return [*row, differing] if differing else row


def attribute_row(lines: list[str]) -> list[Any]:
    usual = lines[0]
    differing = {
        provider: line for provider, line in zip(PROVIDERS, lines, strict=True) if line != usual
    }
    return [usual, differing] if differing else [usual]


def dump(catalogue: Catalogue) -> str:
    """The catalogue as JSON, a line for each field."""
    lines = [f'{{\n  "version": {json.dumps(catalogue["version"])},']
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
    lines[-1] = lines[-1][:-1] + "\n  ]\n}\n"
    return "\n".join(lines)


def providers_of_setup() -> str:
    """The data of the providers that the setup packages use, as JSON."""
    keys = ("label", "schemes", "form", "protocol", "embedded", "wasm")
    entries = []
    for name, provider in data.providers().items():
        port = provider.compose.port if provider.compose else 0
        columns = provider.columns.model_dump()
        values = provider.model_dump(include={*keys})
        entries.append({"name": name, "port": port, **values, "columns": columns})
    text = json.dumps(entries, indent=2)
    # Lists of strings on one line, as Prettier writes them.
    lists = re.compile(r'\[\s+("[^{}\[\]]*?")\s+\]')
    return lists.sub(lambda found: f"[{' '.join(found[1].split())}]", text) + "\n"


def load(path: Path) -> Catalogue:
    """A catalogue from its file; an empty one if the file does not exist."""
    if not path.exists():
        return {}
    catalogue: Catalogue = json.loads(path.read_text(encoding="utf-8"))
    return catalogue


def main() -> None:
    parser = argparse.ArgumentParser(description="Record the tables of the pinned better-auth.")
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
    parser.add_argument("--versions", type=Path, help="a JSON file of npm versions")
    parser.add_argument("--output", type=Path, default=CATALOGUE, help="the catalogue to append to")
    options = parser.parse_args()
    try:
        fresh = refreshed(options.output, options.versions)
    except (OSError, ValueError, RuntimeError) as error:
        sys.exit(f"The catalogue could not be made: {error}")
    if options.output == CATALOGUE and not options.check:
        for file in PROVIDERS_OF_SETUP:
            file.write_text(providers_of_setup(), encoding="utf-8")
    if not options.check:
        options.output.write_text(fresh, encoding="utf-8")
    elif not options.output.exists() or options.output.read_text(encoding="utf-8") != fresh:
        sys.exit(
            f"{options.output} is not what the pinned versions generate; "
            "run: python -m hooks.catalogue"
        )


def refreshed(catalogue: Path, release: Path | None = None) -> str:
    """A catalogue file with what a release brings.

    Args:
        catalogue: the file; it may be missing.
        release: a JSON file of npm versions; without one it is the versions that are pinned.

    Raises:
        OSError, ValueError: a file cannot be read.
        RuntimeError: npm or the official generator failed; contains their output.
    """
    versions = json.loads(release.read_text()) if release else node.pinned(*node.BETTER_AUTH)
    rows = record(official_models(versions))
    return dump(append(load(catalogue), rows, versions["better-auth"]))


if __name__ == "__main__":
    main()
