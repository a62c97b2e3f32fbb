"""The rules of the layout that lets an upgrade merge into a schema that people have edited."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any

import pytest

from hooks.catalogue import FEATURES, Catalogue, append, load
from hooks.node import REPOSITORY
from tests.node import ask_prisma
from tests.schema.cases import (
    Case,
    cases,
    complete,
    offered_by_official,
    random_sets,
    render,
    singles,
)
from tests.template import environment

EVERYTHING: Case = {"provider": "postgresql", "features": list(FEATURES)}


def blocks(schema: str) -> dict[str, str]:
    return dict(re.findall(r"^model (\w+) \{\n(.*?)^\}", schema, re.M | re.S))


def is_subsequence(old: str, new: str) -> bool:
    rest = iter(new.splitlines())
    return all(line in rest for line in old.splitlines())


def test_groups_stand_in_their_order_and_the_reserved_place_behind_them() -> None:
    for name, body in blocks(render(EVERYTHING)).items():
        groups = body.rstrip("\n").split("\n\n")
        assert groups[0].startswith("  id "), name
        assert groups[-2] == f"  // Your own fields and relations of {name} go below this line."
        assert all(line.startswith("  @@") for line in groups[-1].splitlines()), name
        titles = [group.split("\n")[0][5:] for group in groups[1:-2] if group[2:4] == "//"]
        plugins = [title.split(",")[0] for title in titles]
        assert plugins == sorted(plugins, key=list(FEATURES).index), name
        assert len(groups) == len(titles) + len([g for g in groups if g[2:4] != "//"]) + 1


@pytest.mark.parametrize("provider", ["postgresql", "mysql"])
def test_what_is_added_deletes_no_line(provider: str) -> None:
    for first, second in combinations(FEATURES, 2):
        both = render({"provider": provider, "features": complete([first, second])})
        for alone in (first, second):
            old = render({"provider": provider, "features": complete([alone])})
            assert is_subsequence(old, both), (first, second)


def test_a_later_release_appends_to_the_catalogue() -> None:
    """A field, a model and an index that a release brings move nothing that was there."""
    released = load(REPOSITORY / "template" / "shared" / "catalogue.jinja")
    rows = rows_of(released)
    assert append(released, rows, released["version"]) == released

    session = next(row for row in rows if (row["model"], row["feature"]) == ("Session", "core"))
    session["fields"].insert(0, ["device", "String?", ""])
    user = next(row for row in rows if (row["model"], row["feature"]) == ("User", "admin"))
    user["fields"].append(["bannedBy", "String?", ""])
    passkey = next(row for row in rows if row["model"] == "Passkey")
    passkey["attributes"].insert(0, ["@@index([counter])"])
    log = {"feature": "admin", "model": "AdminLog", "fields": [["id", "String", "@id"],
           ["at", "DateTime", ""]], "attributes": [['@@map("adminLog")']]}  # fmt: skip
    newer = append(released, [*rows, log], "1.9.0")

    old, new = rendered_from(released), rendered_from(newer)
    assert old == render(EVERYTHING)
    assert is_subsequence(old, new)
    assert "  userId    String\n\n  device String?\n\n  // admin\n" in new
    assert "  banExpires DateTime?\n\n  // admin, since 1.9.0\n  bannedBy String?\n" in new
    assert new.index("model AdminLog {") < new.index("model Verification {")


def rows_of(catalogue: Catalogue) -> list[dict[str, Any]]:
    """What the official generator would have to write for this very catalogue."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for model in catalogue["models"]:
        tail = {"feature": model["feature"], "fields": model["tail"]}
        for part in [*model["groups"], tail, *model["attributes"]]:
            row = rows.setdefault(
                (part["feature"], model["name"]),
                {
                    "feature": part["feature"],
                    "model": model["name"],
                    "fields": [],
                    "attributes": [],
                },
            )
            row["fields"] += part.get("fields", [])
            row["attributes"] += [part["line"]] if "line" in part else []
    return list(rows.values())


def rendered_from(catalogue: Catalogue) -> str:
    """Everything, as the template would write it from another catalogue."""
    source = (REPOSITORY / "template/shared/schema.prisma.jinja").read_text()
    imported = '{%- from "template/shared/catalogue.jinja" import catalogue -%}'
    assert imported in source
    template = environment().from_string(source.replace(imported, ""))
    return template.render(EVERYTHING, catalogue=catalogue)


def test_a_unique_of_one_column_stands_at_its_field() -> None:
    for case in singles():
        schema = render(case)
        assert not re.search(r"@@unique\(\[\w+\]\)", schema)
        for body in blocks(schema).values():
            kinds = re.findall(r"^  @@(\w+)", body, re.M)
            assert kinds == sorted(kinds, key=["unique", "index", "map"].index)
            assert "//" not in body[body.index("  @@") :]


def test_each_reserved_comment_occurs_once() -> None:
    comments = re.findall(r"//.*go below this line\.", render(EVERYTHING))
    assert len(comments) == len(set(comments)) == len(blocks(render(EVERYTHING))) + 1


def test_every_place_to_insert_has_a_context_of_its_own() -> None:
    lines = render(EVERYTHING).splitlines()
    places = [n for n, line in enumerate(lines) if line == "" or "go below this line" in line]
    contexts = [tuple(lines[max(0, n - 3) : n + 4]) for n in places]
    assert len(contexts) == len(set(contexts))


def test_verification_is_the_last_model_and_the_end_is_reserved() -> None:
    for case in singles():
        schema = render(case)
        assert list(blocks(schema))[-1] == "Verification"
        assert schema.endswith("\n}\n\n// Your own models and enums go below this line.\n")


@pytest.mark.e2e
def test_prisma_accepts_it_and_formats_nothing() -> None:
    schemas = [render(case) for case in [*singles(), *random_sets(100)]]
    assert not [error for error in ask_prisma(schemas, "validate") if error]
    assert ask_prisma(schemas, "format") == schemas


@pytest.mark.e2e
def test_the_official_generator_has_nothing_to_add() -> None:
    some = [*singles(), *cases([["organization", "stripe-organization"], ["admin", "username"]])]
    assert not [case for case, more in zip(some, offered_by_official(some), strict=True) if more]


def test_line_ends_are_those_that_merge() -> None:
    assert "\r" not in render(EVERYTHING)
