"""Updates of edited projects: the edits stay, and the release arrives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.answers import STACKS
from tests.node import ask_prisma
from tests.update.edits import Edit
from tests.update.history import PAIRS, PRESENT
from tests.update.library import ORDINARY, SCHEMA, edits
from tests.update.project import COMMON, Projects, lost_lines, own_lines


@dataclass(frozen=True)
class Outcome:
    """The updated project, and a fresh one with the same edits."""

    updated: dict[str, str]
    expected: dict[str, str]
    lost: dict[str, Any]
    conflicts: list[str]


def update_edited(
    projects: Projects, folder: Path, stack: str, pair: tuple[str, str], script: Sequence[Edit]
) -> Outcome:
    old, new = pair
    answers = {"stack": stack, **COMMON}
    project = projects.committed(old, answers, folder / "shop")
    rendered = project.files()
    for edit in script:
        edit.apply(project.folder)
    project.commit("Work")
    edited = project.files()
    project.update(new)

    fresh = projects.rendered(new, answers, folder / "fresh")
    for edit in script:
        edit.apply(fresh.folder)
    updated, expected = project.files(), fresh.files()
    # An update does not change it.
    expected[".env.local"] = edited[".env.local"]
    lost = lost_lines(own_lines(rendered, edited), updated)
    return Outcome(updated, expected, lost, project.conflicts())


@pytest.mark.parametrize(
    "pair",
    [
        pytest.param(pair, marks=() if pair[1] == PRESENT else pytest.mark.exhaustive)
        for pair in PAIRS
    ],
    ids="-".join,
)
@pytest.mark.parametrize("stack", STACKS)
def test_all_ordinary_edits_together(
    projects: Projects, tmp_path: Path, stack: str, pair: tuple[str, str]
) -> None:
    outcome = update_edited(projects, tmp_path, stack, pair, edits(stack, ORDINARY))
    assert outcome.conflicts == []
    assert outcome.lost == {}
    assert outcome.updated == outcome.expected
    assert ask_prisma([outcome.updated[SCHEMA]], "validate") == [None]
