"""Random edits: no line is lost, and what is needed is added or reported."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from better_auth_setup import providers
from better_auth_setup.generate.tables import needed
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hooks.official import FEATURES, PROVIDERS
from tests.generate.auth import Case, described
from tests.generate.edits import configured, edited, singular
from tests.generate.peoples import added
from tests.generate.run import generate
from tests.node import ask_prisma
from tests.schema.cases import complete, render, supported, without_own
from tests.some import some

TRIES = st.tuples(
    # Prisma has no enums on SQL Server, and some edits add one.
    st.sampled_from([name for name in PROVIDERS if name != "sqlserver"]),
    st.lists(st.sampled_from(list(FEATURES)), max_size=4),
    st.lists(st.sampled_from(list(FEATURES)), max_size=4),
    st.integers(0, 2**32),
)


def lacks(needed: Any, found: Any) -> Iterator[str]:
    """The elements that a schema lacks of another one, both as Prisma's DMMF."""
    for model in needed["models"]:
        theirs = next((m for m in found["models"] if table(m) == table(model)), None)
        if theirs is None:
            yield table(model)
            continue
        fields = {column(one): one for one in theirs["fields"] if one["kind"] != "object"}
        for one in model["fields"]:
            if one["kind"] == "object":
                if not any(related(one, model) == related(o, theirs) for o in theirs["fields"]):
                    yield f"{table(model)}.{one['name']}"
            elif fields.get(one["name"], {}).get("type") != one["type"]:
                yield f"{table(model)}.{one['name']}"
        columns = {one["name"]: column(one) for one in theirs["fields"]}
        indexes = [
            (index["type"], [columns[f["name"]] for f in index["fields"]])
            for index in map(json.loads, found["indexes"])
            if index["model"] == theirs["name"]
        ]
        for index in map(json.loads, needed["indexes"]):
            wanted = [f["name"] for f in index["fields"]]
            if index["model"] != model["name"]:
                continue
            # A prefix of an index or unique replaces an index.
            longer = index["type"] == "normal" and any(
                own[: len(wanted)] == wanted for _, own in indexes
            )
            if not longer and (index["type"], wanted) not in indexes:
                yield f"{index['type']} {table(model)}.{'.'.join(wanted)}"


def table(model: Any) -> str:
    return str(model["dbName"] or model["name"])


def column(one: Any) -> str:
    return str(one.get("dbName") or one["name"])


def related(one: Any, model: Any) -> tuple[Any, ...] | None:
    """A relation's meaning: its other model and its columns."""
    if one["kind"] != "object":
        return None
    columns = {field["name"]: column(field) for field in model["fields"]}
    keys = [columns[name] for name in one["relationFromFields"] or []]
    return re.sub("s$", "", one["type"].lower()), one["isList"], keys


@pytest.mark.e2e
@pytest.mark.parametrize("times", [2, pytest.param(30, marks=pytest.mark.exhaustive)])
def test_random_edits_lose_no_line_and_every_gap_is_added_or_reported(times: int) -> None:
    of_each = settings(
        max_examples=times,
        deadline=None,
        phases=[Phase.generate],  # shrinking would call Prisma hundreds of times
        suppress_health_check=list(HealthCheck),
    )
    of_each(given(st.lists(TRIES, min_size=40, max_size=40))(check))()


def check(tries: list[tuple[str, list[str], list[str], int]]) -> None:
    before, drawn = [], []
    cases: list[Case] = []
    for provider, had, wants, seed in tries:
        had = [name for name in had if supported(provider, complete([name]))]
        wants = [name for name in wants if supported(provider, complete([name]))]
        schema = without_own(render({"provider": provider, "features": complete(had)}))
        files, edits = edited(schema, Random(seed))
        before.append("\n".join(files))
        drawn.append((files, edits))
        cases.append({"provider": provider, "features": complete([*had, *wants])})
    assert [error for error in ask_prisma(before, "validate") if error] == []
    results, fresh = [], []
    for (files, edits), case, found in zip(drawn, cases, described(cases), strict=True):
        needs = needed(configured(found, edits), providers.PROVIDERS[case["provider"]])
        try:
            after = generate(needs, *files)
        except ValueError as problems:
            # The only problems are removed fields that cannot be restored automatically.
            for line in str(problems).splitlines():
                missing = re.search(r": (\w+)\.(\w+) is missing and has no default", line)
                assert missing, line
                assert f"{singular(missing[1])}.{missing[2]}" in edits.removed, line
            continue
        for old, new in zip(files, after, strict=True):
            added(old, new)
            assert old.count("\r\n") <= new.count("\r\n") in (0, new.count("\n"))
            assert old.endswith("\n") == new.endswith("\n")
        assert generate(needs, *after) == after
        results.append("\n".join(after))
        fresh.append(without_own(render(case)))
    assert [error for error in ask_prisma(some(results), "validate") if error] == []
    meanings = zip(ask_prisma(fresh, "meaning"), ask_prisma(results, "meaning"), strict=True)
    for number, (wanted, found) in enumerate(meanings):
        assert list(lacks(wanted, found)) == [], results[number]
