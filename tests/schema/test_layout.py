"""The schema's layout rules, which let an update merge into an edited schema."""

from __future__ import annotations

import random
import re
from itertools import combinations

import pytest

from hooks.official import FEATURES
from tests.answers import STACKS
from tests.node import ask_prisma
from tests.schema.cases import (
    Case,
    complete,
    is_subsequence,
    offered_by_official,
    pairs,
    random_sets,
    render,
    singles,
)
from tests.some import some
from tests.template import REPOSITORY

EVERYTHING: Case = {"provider": "postgresql", "features": list(FEATURES)}


def blocks(schema: str) -> dict[str, str]:
    return dict(re.findall(r"^model (\w+) \{\n(.*?)^\}", schema, re.M | re.S))


def test_groups_are_in_order_before_the_reserved_place() -> None:
    for name, body in some(blocks(render(EVERYTHING)).items()):
        groups = body.rstrip("\n").split("\n\n")
        assert groups[0].startswith("  id "), name
        assert groups[-2] == f"  // Your own fields and relations of {name} go below this line."
        assert all(line.startswith("  @@") for line in groups[-1].splitlines()), name
        titles = [group.split("\n")[0][5:] for group in groups[1:-2] if group[2:4] == "//"]
        plugins = [title.split(",")[0] for title in titles]
        assert plugins == sorted(plugins, key=list(FEATURES).index), name
        assert len(groups) == len(titles) + len([g for g in groups if g[2:4] != "//"]) + 1


@pytest.mark.e2e
@pytest.mark.parametrize("provider", ["postgresql", "mysql"])
def test_an_added_plugin_deletes_no_line(provider: str) -> None:
    for first, second in combinations(FEATURES, 2):
        both = render({"provider": provider, "features": complete([first, second])})
        for alone in (first, second):
            old = render({"provider": provider, "features": complete([alone])})
            assert is_subsequence(old, both), (first, second)


def test_a_unique_of_one_column_is_an_attribute_of_its_field() -> None:
    for case in some(singles()):
        schema = render(case)
        assert not re.search(r"@@unique\(\[\w+\]\)", schema)
        for body in some(blocks(schema).values()):
            kinds = re.findall(r"^  @@(\w+)", body, re.M)
            assert kinds == sorted(kinds, key=["unique", "index", "map"].index)
            assert "//" not in body[body.index("  @@") :]


def test_each_reserved_comment_occurs_once() -> None:
    comments = re.findall(r"//.*go below this line\.", render(EVERYTHING))
    assert len(comments) == len(set(comments)) == len(blocks(render(EVERYTHING))) + 1


def test_every_insertion_point_has_unique_context() -> None:
    lines = render(EVERYTHING).splitlines()
    places = [n for n, line in enumerate(lines) if line == "" or "go below this line" in line]
    contexts = [tuple(lines[max(0, n - 3) : n + 4]) for n in some(places)]
    assert len(contexts) == len(set(contexts))


def test_verification_and_the_outbox_are_last_before_the_reserved_end() -> None:
    for case in some(singles()):
        schema = render(case)
        assert list(blocks(schema))[-2:] == ["Verification", "OutboxMessage"]
        assert schema.endswith("\n}\n\n// Your own models and enums go below this line.\n")


@pytest.mark.e2e
def test_prisma_validates_it_and_format_changes_nothing() -> None:
    schemas = [render(case) for case in [*singles(), *random_sets(100)]]
    assert not [error for error in ask_prisma(schemas, "validate") if error]
    assert ask_prisma(schemas, "format") == schemas


@pytest.mark.e2e
def test_the_official_generator_adds_nothing() -> None:
    cases = [*singles(), *random.Random(20261124).sample(pairs(), 200)]
    assert not [case for case, more in zip(cases, offered_by_official(cases), strict=True) if more]


def test_line_ends_merge_cleanly() -> None:
    assert "\r" not in render(EVERYTHING)
    for stack in STACKS:
        attributes = (REPOSITORY / "template" / stack / ".gitattributes.jinja").read_text()
        assert "* text=auto eol=lf\n" in attributes
