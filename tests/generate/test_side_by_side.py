"""The schemas beside this file, given to the official generator too: what either does to them."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hooks import node
from hooks.official import ask
from tests.generate.test_schemas import FILES, MANY, Outcome, at_home, outcome
from tests.node import ask_prisma
from tests.schema.cases import is_subsequence

UP_TO_DATE = "up to date"
FITTING = "only lines added"
REALIGNED = "people's lines re-aligned"
REMOVED = "people's lines altered or gone"
INVALID = "no longer valid"
CRASHED = "crashed"
REPORTED = "left alone, with what to do"


def squeezed(schema: str) -> str:
    """The schema without what only aligns it."""
    lines = (" ".join(line.split()) for line in schema.splitlines())
    return "\n".join(line for line in lines if line)


def official_results(plugins: list[str], known: dict[str, Outcome], folder: Path) -> list[Any]:
    """The official generator's new text of each schema, empty if it is to stay, or the error."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    questions = []
    for name, one in known.items():
        file = folder / f"{name}.prisma"
        file.write_text(one.before)
        features, options, adapter = at_home(name, plugins)
        question = {"provider": one.provider, "features": features, "existing": str(file)}
        questions.append({**question, "options": options, "adapter": adapter, "mayFail": True})
    return ask(questions, node.pinned(*node.BETTER_AUTH))


def outcome_at_home(file: Path, plugins: list[str]) -> Outcome:
    features, *configured = at_home(file.stem, plugins)
    return outcome(features, file.read_text(), *configured)


def judged(before: str, after: str, error: str | None) -> str:
    """What became of a schema that was valid before."""
    if error:
        return INVALID
    if after == before:
        return UP_TO_DATE
    if is_subsequence(before, after):
        return FITTING
    return REALIGNED if is_subsequence(squeezed(before), squeezed(after)) else REMOVED


@pytest.mark.e2e
@pytest.mark.parametrize("plugins", [[], MANY], ids=["core", "plugins"])
def test_what_the_two_generators_do_to_peoples_schemas(
    plugins: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = {file.stem: outcome_at_home(file, plugins) for file in FILES}
    broken_before = ask_prisma([one.before for one in known.values()], "validate")
    known = {
        name: one
        for (name, one), error in zip(known.items(), broken_before, strict=True)
        if not error
    }
    assert len(known) >= 60 <= len(FILES)
    made = official_results(plugins, known, tmp_path / "schemas")
    texts = [
        one.before if not new or isinstance(new, dict) else new
        for one, new in zip(known.values(), made, strict=True)
    ]
    theirs, ours = Counter[str](), Counter[str]()
    rows = zip(known.values(), made, texts, ask_prisma(texts, "validate"), strict=True)
    for one, new, text, error in rows:
        theirs[CRASHED if isinstance(new, dict) else judged(one.before, text, error)] += 1
    mine = {name: one.after for name, one in known.items() if not one.plan.problems}
    errors = dict(zip(mine, ask_prisma(list(mine.values()), "validate"), strict=True))
    for name, one in known.items():
        result = judged(one.before, mine[name], errors[name]) if name in mine else REPORTED
        ours[result] += 1
        assert result in (UP_TO_DATE, FITTING, REPORTED), f"{name}: {result} {errors.get(name)}"
    with capsys.disabled():
        print(f"\n{'plugins' if plugins else 'core'}: {len(known)} schemas")
        print(f"{'':34}{'official':>10}{'ours':>10}")
        for what in (UP_TO_DATE, FITTING, REPORTED, REALIGNED, REMOVED, INVALID, CRASHED):
            print(f"{what:34}{theirs[what]:>10}{ours[what]:>10}")
