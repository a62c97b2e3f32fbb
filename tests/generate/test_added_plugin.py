"""A plugin that is added to auth.py by hand brings what the template would have rendered."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from tests.generate.auth import auth_with
from tests.generate.run import generate
from tests.generate.test_fresh import FEATURES, PLUGINS, PROVIDERS
from tests.node import ask_prisma
from tests.schema.cases import complete, render, supported


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_plugin_added_to_none_is_as_rendered(provider: str) -> None:
    core = render({"provider": provider, "features": []})
    for feature in FEATURES:
        features = complete([feature])
        if supported(provider, features):
            (after,) = generate(auth_with(features, PLUGINS), core, provider=provider)
            assert after == render({"provider": provider, "features": features}), feature


@pytest.mark.e2e
def test_a_plugin_added_to_another_means_what_would_have_been_rendered() -> None:
    provider, generated, rendered = "postgresql", [], []
    for first, second in combinations(FEATURES, 2):
        for old, new in ((first, second), (second, first)):
            before = render({"provider": provider, "features": complete([old])})
            both = complete([old, new])
            generated += generate(auth_with(both, PLUGINS), before)
            rendered.append(render({"provider": provider, "features": both}))
    assert ask_prisma(generated, "meaning") == ask_prisma(rendered, "meaning")
    assert ask_prisma(generated, "format") == generated


def test_plugins_added_one_by_one_end_where_rendering_does() -> None:
    chance = random.Random(1)
    generated, rendered = [], []
    for _ in range(10):
        order = chance.sample(FEATURES, 8)
        schema = render({"provider": "postgresql", "features": []})
        for number in range(len(order)):
            features = complete(order[: number + 1])
            (schema,) = generate(auth_with(features, PLUGINS), schema)
        assert generate(auth_with(features, PLUGINS), schema) == [schema]
        generated.append(schema)
        rendered.append(render({"provider": "postgresql", "features": features}))
    assert ask_prisma(generated, "meaning") == ask_prisma(rendered, "meaning")
