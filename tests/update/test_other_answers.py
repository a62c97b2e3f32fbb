"""Somebody answers otherwise on an update: `copier update --data …`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.answers import STACKS
from tests.node import ask_prisma
from tests.update.library import IN_RESERVED_PLACES, SCHEMA
from tests.update.project import Projects, lost_lines, own_lines

FEW: dict[str, Any] = {"plugins": ["username", "organization"]}
OTHERWISE: dict[str, dict[str, Any]] = {
    "a plugin more": {"plugins": ["username", "two-factor", "organization", "api-key"]},
    "a plugin less": {"plugins": ["organization"]},
    "teams": {"plugin_options": ["organization-teams"]},
    "rate limits in the database": {"rate_limit_storage": "database"},
    "another database": {"provider": "mysql"},
    "another name": {"project_name": "Corner Shop"},
}
#: The stack of each that is always tested.
SAMPLE = dict(zip(OTHERWISE, STACKS * len(OTHERWISE), strict=False))
#: These need no model that some of the answers do not have.
EDITS = [edit for edit in IN_RESERVED_PLACES if edit.name != "a field of teams"]


@pytest.mark.parametrize(
    ("stack", "change"),
    [
        pytest.param(stack, change, marks=() if stack == SAMPLE[change] else pytest.mark.exhaustive)
        for stack in STACKS
        for change in OTHERWISE
    ],
)
def test_other_answers(projects: Projects, tmp_path: Path, stack: str, change: str) -> None:
    """The project is what it would be with these answers from the start, and the same edits."""
    answers = {"stack": stack, **FEW}
    project = projects.committed("0.1.0", answers, tmp_path / "shop")
    rendered = project.files()
    for edit in EDITS:
        edit.apply(project.folder)
    project.commit("Work")
    edited = project.files()
    project.update("0.3.0", **OTHERWISE[change])

    fresh = projects.rendered("0.3.0", {**answers, **OTHERWISE[change]}, tmp_path / "fresh")
    for edit in EDITS:
        edit.apply(fresh.folder)
    updated, expected = project.files(), fresh.files()
    assert updated.pop(".env.local") == edited[".env.local"]
    del expected[".env.local"]
    assert project.conflicts() == []
    assert lost_lines(own_lines(rendered, edited), updated) == {}
    assert updated == expected
    assert ask_prisma([updated[SCHEMA]], "validate") == [None]
