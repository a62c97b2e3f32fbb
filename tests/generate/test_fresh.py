"""Right after rendering there is nothing to add, whatever plugins the project has."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from better_auth_setup.generate.document import parse
from better_auth_setup.generate.plan import plan
from better_auth_setup.generate.tables import needed

from tests.answers import options, plugin_data, provider_data
from tests.generate.auth import auth_with
from tests.generate.run import generate
from tests.node import ask_prisma
from tests.schema.cases import complete, render, supported

PLUGINS = list(plugin_data())
FEATURES = [*PLUGINS, *options(), "rate-limit"]
PROVIDERS = list(provider_data())
RANDOM = random.Random(20261124)
SETS = [
    [],
    *([feature] for feature in FEATURES),
    FEATURES,
    *(RANDOM.sample(FEATURES, RANDOM.randint(2, 10)) for _ in range(20)),
]
#: A schema before better-auth, as `prisma init` leaves it.
EMPTY = """\
generator client {{
  provider = "prisma-client"
  output   = "../generated"
}}

datasource db {{
  provider = "{provider}"
}}
"""


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("features", SETS, ids=lambda names: "+".join(names)[:40] or "none")
def test_a_fresh_schema_lacks_nothing(provider: str, features: list[str]) -> None:
    chosen = [name for name in complete(features) if supported(provider, complete([name]))]
    schema = render({"provider": provider, "features": chosen})
    tables = needed(auth_with(chosen, PLUGINS), provider)
    result = plan([parse(Path("schema.prisma"), schema)], tables, provider)
    assert [str(lack) for lack in result.missing] == []
    assert result.problems == []


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_empty_schema_becomes_what_would_have_been_rendered(provider: str) -> None:
    sets = [complete(features) for features in SETS]
    sets = [chosen for chosen in sets if supported(provider, chosen)]
    made = [generate(auth_with(chosen, PLUGINS), EMPTY.format(provider=provider), provider=provider)
            for chosen in sets]  # fmt: skip
    rendered = [render({"provider": provider, "features": chosen}) for chosen in sets]
    meanings = ask_prisma([schema for (schema,) in made], "meaning")
    for chosen, ours, theirs in zip(sets, meanings, ask_prisma(rendered, "meaning"), strict=True):
        assert ours == theirs, chosen
