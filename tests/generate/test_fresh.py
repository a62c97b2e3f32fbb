"""An empty schema becomes what the official generator, and this template, would have written."""

from __future__ import annotations

import random

import pytest

from hooks.official import FEATURES, PROVIDERS
from tests.generate.auth import all_needs, with_each
from tests.generate.run import generate
from tests.node import ask_prisma
from tests.schema.cases import (
    complete,
    official,
    pairs,
    random_sets,
    render,
    singles,
    supported,
    without_list_defaults,
)

RANDOM = random.Random(20261124)
SETS = [
    [],
    *([feature] for feature in FEATURES),
    list(FEATURES),
    *(RANDOM.sample(list(FEATURES), RANDOM.randint(2, 10)) for _ in range(20)),
]
#: A schema before better-auth, as `prisma init` leaves it.
EMPTY = """\
generator client {{
  provider = "prisma-client"
  output   = "../src/generated/prisma"
}}

datasource db {{
  provider = "{provider}"
}}
"""


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_fresh_schema_lacks_nothing(provider: str) -> None:
    sets = [[name for name in complete(one) if supported(provider, complete([name]))]
            for one in SETS]  # fmt: skip
    for chosen, needs in zip(sets, all_needs(with_each(sets, provider)), strict=True):
        schema = render({"provider": provider, "features": chosen})
        assert generate(needs, schema) == [schema], chosen


@pytest.mark.e2e
def test_an_empty_schema_means_what_the_official_generator_means() -> None:
    """Every feature, every pair and random sets, on every provider."""
    compared = [*singles(), *pairs(), *random_sets(300)]
    ours = []
    for case, needs in zip(compared, all_needs(compared), strict=True):
        ours += generate(needs, EMPTY.format(provider=case["provider"]))
    theirs = [without_list_defaults(schema) for schema in official(compared)]
    meanings = iter(ask_prisma([*ours, *theirs], "meaning"))
    our_meanings = [next(meanings) for _ in compared]
    different = [
        case
        for case, our, their in zip(compared, our_meanings, meanings, strict=True)
        if our != their
    ]
    assert not different
