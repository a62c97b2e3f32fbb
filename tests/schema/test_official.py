"""The schema means the same as the official generator's: features, pairs, random sets."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from hooks import node
from hooks.deviations import INVALID_UPSTREAM, InvalidUpstream
from hooks.official import FEATURES, PROVIDERS
from tests.answers import provider_data
from tests.node import ask_prisma
from tests.schema.cases import (
    Case,
    complete,
    official,
    pairs,
    random_sets,
    render,
    singles,
    some_of,
    without_list_defaults,
    without_own,
)


@pytest.mark.e2e
@pytest.mark.parametrize(
    "compared",
    [
        pytest.param([*singles(), *some_of(pairs(), 300), *random_sets(60)], id="sample"),
        pytest.param([*pairs(), *random_sets(300)], id="all", marks=pytest.mark.exhaustive),
    ],
)
def test_the_schema_means_what_the_official_generator_writes(compared: list[Case]) -> None:
    with ThreadPoolExecutor() as other:
        waiting = other.submit(official, compared)
        ours = [without_own(render(case)) for case in compared]
        theirs = [without_list_defaults(schema) for schema in waiting.result()]
    meanings = iter(ask_prisma([*ours, *theirs], "meaning"))
    our_meanings = [next(meanings) for _ in compared]
    different = [
        case
        for case, our, their in zip(compared, our_meanings, meanings, strict=True)
        if our != their
    ]
    assert not different


def test_the_comparison_detects_every_kind_of_difference() -> None:
    """Each of these edits changes a schema's meaning."""
    schema = render({"provider": "mysql", "features": list(FEATURES)})
    edits = [
        ("banned", "banished"),
        ("image         String?", "image         String "),
        ("banExpires DateTime?", "banExpires BigInt?"),
        ("@default(false)", "@default(true)"),
        ("@db.VarChar(191)", "@db.VarChar(190)"),
        (" @unique", ""),
        ("@@index([userId(length: 191)])", ""),
        ("@@index([userId(length: 191)])", "@@index([userId(length: 190)])"),
        ('map: "deviceCode_userCode_uidx"', 'map: "renamed"'),
        ("onDelete: Cascade", "onDelete: Restrict"),
        ("sessions Session[]\n", "logins Session[]\n"),
        ('@@map("twoFactor")', '@@map("two_factor")'),
        ("model Verification {", "enum Colour {\n  RED\n}\n\nmodel Verification {"),
    ]
    assert all(old in schema for old, _ in edits)
    edited = [schema.replace(old, new, 1) for old, new in edits]
    meaning, *others = ask_prisma([schema, *edited], "meaning")
    assert [edits[n] for n, other in enumerate(others) if other == meaning] == []


@pytest.mark.parametrize("case", INVALID_UPSTREAM, ids="-".join)
def test_a_deviation_is_needed_because_prisma_refuses_the_official_schema(
    case: InvalidUpstream,
) -> None:
    question = {"provider": case.provider, "features": complete([case.feature])}
    (error,) = ask_prisma(official([question]), "validate")
    assert case.error in json.loads(error)["message"]
    if case.feature not in provider_data()[case.provider].get("refuses", {}):
        assert ask_prisma([render(question)], "validate") == [None]


def test_the_comparison_ignores_only_the_known_deviations() -> None:
    known = {(case.provider, case.feature) for case in INVALID_UPSTREAM}
    compared = [case for case in singles() if case["features"] != list(FEATURES)]
    overlooked = {
        (case["provider"], case["features"][-1])
        for case, schema in zip(compared, official(compared), strict=True)
        if without_list_defaults(schema) != schema
    }
    assert overlooked == {("mysql", "oauth-provider"), ("sqlite", "oauth-provider")} <= known


@pytest.mark.parametrize("provider", PROVIDERS)
def test_prisma_accepts_exactly_what_the_prompt_accepts(provider: str) -> None:
    """Each refused combination fails in Prisma or in better-auth's adapter."""
    refused = provider_data()[provider].get("refuses", {})
    schemas = [render({"provider": provider, "features": complete([name])}) for name in FEATURES]
    errors = dict(zip(FEATURES, ask_prisma(schemas, "validate"), strict=True))
    invalid = {name for name, error in errors.items() if error}
    below = {name for name in FEATURES if set(complete([name])) & refused.keys()}
    assert invalid <= below
    for name in refused.keys() - invalid:
        assert "String[]" in render({"provider": provider, "features": complete([name])})
        assert list_as_passed_to_prisma(provider) == '["a"]'


def list_as_passed_to_prisma(provider: str) -> object:
    """The value that better-auth's adapter passes to the Prisma client for ``["a"]``."""
    script = """
        import { prismaAdapter } from 'better-auth/adapters/prisma'
        import { oauthProvider } from '@better-auth/oauth-provider'
        const provider = await new Response(process.stdin).text()
        const create = async ({ data }) => (console.log(JSON.stringify(data.redirectUris)), data)
        const pages = { loginPage: '/login', consentPage: '/consent' }
        const plugins = [oauthProvider({ ...pages, disableJwtPlugin: true })]
        const adapter = prismaAdapter({ oauthClient: { create } }, { provider })({ plugins })
        await adapter.create({ model: 'oauthClient', data: { redirectUris: ['a'] } })
    """
    packages = node.install(node.pinned(*node.BETTER_AUTH))
    return json.loads(node.run(script, packages, provider))


def test_lists_reach_prisma_as_lists_on_postgresql() -> None:
    assert list_as_passed_to_prisma("postgresql") == ["a"]
