"""The README's numbers about updates hold on a sample."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.answers import STACKS
from tests.sampling import in_stack
from tests.some import some
from tests.update.cases import FEWER_PLUGINS, STEPS, WHOLE, Step, cases
from tests.update.numbers import ALLOWED, count
from tests.update.people import ANYWHERE, IN_RESERVED_PLACES, KINDS
from tests.update.project import COMMON, Projects
from tests.update.simulation import simulate


@in_stack("python")
def test_updates_lose_no_line_and_rarely_conflict(projects: Projects, stack: str) -> None:
    rows = count(projects, stack, range(15))
    assert [problem for row in rows for problem in row.wrong] == []
    for kind in KINDS:
        found = some(row for row in rows if row.kind == kind)
        marked, files = sum(row.conflicts for row in found), sum(row.files for row in found)
        assert marked <= files * ALLOWED[kind.name] / 100
    # Some edits do affect lines that an update removes.
    assert any(row.rightly for row in rows if row.kind == ANYWHERE)
    assert not any(row.rightly for row in rows if row.kind == IN_RESERVED_PLACES)


@pytest.mark.exhaustive
@pytest.mark.parametrize("stack", STACKS)
def test_a_hundred_of_each_step_and_kind(projects: Projects, stack: str) -> None:
    for row in some(count(projects, stack, range(100))):
        assert row.wrong == []
        assert row.is_as_promised(), row.cells()


def check_simulation(
    projects: Projects, folder: Path, stack: str, step: Step, seeds: range
) -> None:
    """Compares Copier's updates of random projects with the simulation."""
    made = cases(projects, stack, seeds, [step])
    results = simulate([case.update for case in made], folder / "simulated")
    for number, (case, expected) in enumerate(zip(made, results, strict=True)):
        answers = {"stack": stack, **COMMON}
        project = projects.committed(step.old, answers, folder / str(number))
        project.write(case.update.mine)
        project.commit("Work")
        project.update(step.new, **step.otherwise)
        assert project.files() == expected.files, str(case)
        assert sorted(project.conflicts()) == sorted(expected.conflicts)


@pytest.mark.parametrize(
    ("stack", "step"),
    [
        pytest.param(STACKS[0], WHOLE, marks=pytest.mark.exhaustive),
        (STACKS[1], FEWER_PLUGINS),
    ],
    ids=str,
)
def test_copier_merges_as_simulated(
    projects: Projects, tmp_path: Path, stack: str, step: Step
) -> None:
    check_simulation(projects, tmp_path, stack, step, range(1))


@pytest.mark.exhaustive
@pytest.mark.parametrize("step", STEPS, ids=str)
@pytest.mark.parametrize("stack", STACKS)
def test_copier_merges_as_simulated_a_hundred_times(
    projects: Projects, tmp_path: Path, stack: str, step: Step
) -> None:
    check_simulation(projects, tmp_path, stack, step, range(10))
