"""*generate* on an empty schema matches the official generator and the template."""

from __future__ import annotations

import random

import pytest

from hooks.official import FEATURES, PROVIDERS
from tests.generate.auth import Case, all_needs, with_each
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
from tests.some import some

RANDOM = random.Random(20261124)
SETS = [
    [],
    *([feature] for feature in FEATURES),
    list(FEATURES),
    *(RANDOM.sample(list(FEATURES), RANDOM.randint(2, 10)) for _ in range(20)),
]
#: A schema without better-auth, as `prisma init` writes it.
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
def test_a_fresh_schema_is_complete(provider: str) -> None:
    sets = [[name for name in complete(one) if supported(provider, complete([name]))]
            for one in SETS]  # fmt: skip
    for chosen, needs in zip(some(sets), all_needs(with_each(sets, provider)), strict=True):
        schema = render({"provider": provider, "features": chosen})
        assert generate(needs, schema) == [schema], chosen


@pytest.mark.e2e
@pytest.mark.parametrize(
    "compared",
    [
        pytest.param([*singles(), *random_sets(60)], id="features and random sets"),
        pytest.param([*pairs(), *random_sets(300)], id="all", marks=pytest.mark.exhaustive),
    ],
)
def test_an_empty_schema_gets_what_the_official_generator_writes(compared: list[Case]) -> None:
    """On every provider."""
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


#: Options of `betterAuth` and of the adapter that affect the schema.
OPTIONS = {
    "serial": ('{ advanced: { database: { generateId: "serial" } } }', "{}"),
    "uuid": ('{ advanced: { database: { generateId: "uuid" } } }', "{}"),
    "function": ("{ advanced: { database: { generateId: () => crypto.randomUUID() } } }", "{}"),
    "plural": ("{}", "{ usePlural: true }"),
    "names": (
        """{
            user: { modelName: "person", fields: { email: "mail", createdAt: "made" } },
            session: { modelName: "login", fields: { userId: "personId", token: "key" } },
            account: { fields: { userId: "ownerId" } },
        }""",
        "{}",
    ),
    "own fields": (
        """{ user: { additionalFields: {
            text: { type: "string", defaultValue: "a" },
            longer: { type: "string", required: false, index: true },
            number: { type: "number", defaultValue: 1 },
            code: { type: "string", required: false, unique: true },
            many: { type: "number", bigint: true, required: false },
            flag: { type: "boolean", defaultValue: true },
            day: { type: "date", required: false, index: true },
            level: { type: ["low", "high"], required: false },
            createdAt: { type: "date", defaultValue: () => new Date() },
            made: { type: "string", defaultValue: () => "x" },
        } } }""",
        "{}",
    ),
    "lists": (
        """{ user: { additionalFields: {
            tags: { type: "string[]", required: false },
            sizes: { type: "number[]", defaultValue: [1, 2] },
            data: { type: "json", defaultValue: { a: "b" } },
        } } }""",
        "{}",
    ),
    "sessions elsewhere": ("{ secondaryStorage: {} }", "{}"),
}
#: Options for which Prisma refuses the official generator's schema.
REFUSED = {
    ("serial", "cockroachdb"),
    *(("lists", name) for name in ("mysql", "sqlite", "sqlserver")),
}


def test_a_configured_schema_means_what_the_official_generator_writes() -> None:
    names = [(name, provider) for name in OPTIONS for provider in PROVIDERS]
    cases: list[Case] = [
        {
            "provider": provider,
            "features": ["two-factor", "organization", "passkey", "device-authorization"],
            "options": OPTIONS[name][0],
            "adapter": OPTIONS[name][1],
        }
        for name, provider in names
        if (name, provider) not in REFUSED
    ]
    ours = []
    for case, needs in zip(cases, all_needs(cases), strict=True):
        ours += generate(needs, EMPTY.format(provider=case["provider"]))
    theirs = official(cases)
    different = [
        (case["provider"], case["options"] + case["adapter"])
        for case, our, their in zip(
            cases, ask_prisma(ours, "meaning"), ask_prisma(theirs, "meaning"), strict=True
        )
        if our != their
    ]
    assert not different


@pytest.mark.parametrize(("name", "provider"), sorted(REFUSED))
def test_deviations_from_the_official_schema_are_valid_prisma(name: str, provider: str) -> None:
    options, adapter = OPTIONS[name]
    case = {"provider": provider, "features": [], "options": options, "adapter": adapter}
    (needs,) = all_needs([case])
    assert ask_prisma(official([case]), "validate") != [None]
    made = generate(needs, EMPTY.format(provider=provider))
    assert ask_prisma(made, "validate") == [None]
