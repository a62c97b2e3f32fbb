"""*generate* after adding a plugin by hand gives what the template would have rendered."""

from __future__ import annotations

import random
import re
from itertools import combinations

import pytest

from hooks.official import FEATURES, PROVIDERS
from tests.generate.auth import all_needs, with_each
from tests.generate.run import generate
from tests.node import ask_prisma
from tests.schema.cases import complete, render, supported


def groups(schema: str) -> dict[str, list[str]]:
    """The groups of better-auth's models by plugin, options included."""
    models = re.findall(r"^model (User|Session|Account) \{\n(.*?)^\}", schema, re.M | re.S)
    titles = {
        name: re.findall(r"^  // ([\w-]+)(?:, since .*)?$", body, re.M) for name, body in models
    }
    return {name: list(dict.fromkeys(map(_plugin, found))) for name, found in titles.items()}


def models(schema: str) -> list[str]:
    return re.findall(r"^model (\w+)", schema, re.M)


def _plugin(title: str) -> str:
    owners = [one for one in FEATURES if title == one or title.startswith(f"{one}-")]
    return min(owners, key=len, default=title)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_first_added_plugin_gives_the_rendered_schema(provider: str) -> None:
    core = render({"provider": provider, "features": []})
    sets = [complete([one]) for one in FEATURES if supported(provider, complete([one]))]
    made, same = [], set()
    for features, needs in zip(sets, all_needs(with_each(sets, provider)), strict=True):
        (after,) = generate(needs, core)
        rendered = render({"provider": provider, "features": features})
        assert groups(after) == groups(rendered), features
        assert sorted(models(after)) == sorted(models(rendered))
        made.append(after)
        same |= set(features) if after == rendered else set()
    assert ask_prisma(made, "format") == made
    # Byte for byte, unless a later better-auth release added columns to its models.
    grown = {"jwt", "oauth-provider", "scim", "device-authorization"}
    plugins = {name for name in FEATURES if "import" in FEATURES[name]} - grown
    assert plugins & {name for features in sets for name in features} <= same


@pytest.mark.e2e
@pytest.mark.parametrize("number", [150, pytest.param(None, marks=pytest.mark.exhaustive)])
def test_a_further_added_plugin_means_the_rendered_schema(number: int | None) -> None:
    """At any position in the list of plugins."""
    pairs = [pair for one in combinations(FEATURES, 2) for pair in (one, one[::-1])]
    if number is not None:
        pairs = random.Random(2).sample(pairs, number)
    olds = [complete([first]) for first, _ in pairs]
    boths = [[*old, *(n for n in complete(pair) if n not in old)]
             for old, pair in zip(olds, pairs, strict=True)]  # fmt: skip
    rendered = [render({"provider": "postgresql", "features": both}) for both in boths]
    generated = [
        generate(needs, render({"provider": "postgresql", "features": old}))[0]
        for old, needs in zip(olds, all_needs(with_each(boths, "postgresql")), strict=True)
    ]
    assert ask_prisma(generated, "meaning") == ask_prisma(rendered, "meaning")
    assert ask_prisma(generated, "format") == generated


def test_plugins_added_one_by_one_give_the_rendered_schema() -> None:
    chance = random.Random(1)
    generated, rendered = [], []
    for _ in range(10):
        order = chance.sample(list(FEATURES), 8)
        schema = render({"provider": "postgresql", "features": []})
        steps: list[list[str]] = [[]]
        for feature in order:
            steps.append([*steps[-1], *(n for n in complete([feature]) if n not in steps[-1])])
        for needs in all_needs(with_each(steps, "postgresql")):
            (schema,) = generate(needs, schema)
        assert generate(needs, schema) == [schema]
        generated.append(schema)
        rendered.append(render({"provider": "postgresql", "features": steps[-1]}))
    assert ask_prisma(generated, "meaning") == ask_prisma(rendered, "meaning")
