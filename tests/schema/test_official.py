"""The schema means what the official generator means: each feature, every pair, random sets."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from hooks.node import REPOSITORY
from tests.node import ask_prisma
from tests.schema.cases import (
    Case,
    official,
    pairs,
    random_sets,
    render,
    singles,
    without_list_defaults,
)
from tests.template import module

#: Where the official generator writes what Prisma refuses, with Prisma's reason.
INVALID_UPSTREAM: list[tuple[str, list[str], str]] = [
    ("mysql", ["jwt", "oauth-provider"], "The default value of a non-list field"),
    ("sqlite", ["jwt", "oauth-provider"], "The default value of a non-list field"),
    ("sqlserver", ["jwt", "oauth-provider"], "does not support lists of primitive types"),
    ("sqlserver", ["scim"], "through multiple paths"),
]


@pytest.mark.e2e
@pytest.mark.parametrize("compared", [singles(), random_sets(300), pairs()], ids=len)
def test_the_schema_means_what_the_official_generator_means(compared: list[Case]) -> None:
    with ThreadPoolExecutor() as other:
        waiting = other.submit(official, compared)
        ours = [render(case) for case in compared]
        theirs = [without_list_defaults(schema) for schema in waiting.result()]
    meanings = zip(ask_prisma(ours, "meaning"), ask_prisma(theirs, "meaning"), strict=True)
    different = [
        case for case, (our, their) in zip(compared, meanings, strict=True) if our != their
    ]
    assert not different


@pytest.mark.parametrize(("provider", "features", "reason"), INVALID_UPSTREAM)
def test_a_deviation_is_needed_because_prisma_refuses_the_official_schema(
    provider: str, features: list[str], reason: str
) -> None:
    case = {"provider": provider, "features": features}
    (error,) = ask_prisma(official([case]), "validate")
    assert reason in json.loads(error)["message"]
    refused = module("unsupported").unsupported.get(provider, {})
    if features[-1] not in refused:
        assert ask_prisma([render(case)], "validate") == [None]


def test_a_known_deviation_is_all_that_the_comparison_overlooks() -> None:
    for schema in official([case for case in singles() if case["provider"] == "postgresql"]):
        assert without_list_defaults(schema) == schema


@pytest.mark.e2e
def test_the_catalogue_is_what_the_pinned_versions_generate() -> None:
    check = [sys.executable, "-m", "hooks.catalogue", "--check"]
    result = subprocess.run(check, cwd=REPOSITORY, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
