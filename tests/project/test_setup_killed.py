"""A killed setup can be repeated."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from hooks.demo import serving, walk_through
from tests.project.projects import Project, read_up_to

pytestmark = pytest.mark.e2e

#: While packages are installed, and while the tables are made.
SAMPLE = {"python": ("  installing", "✓ prisma")}
STEPS = {
    "python": ("  installing", "✓ settings", "✓ install", "✓ generate", "✓ prisma"),
    "typescript": ("✓ tools", "✓ install", "✓ settings", "✓ database", "✓ prisma", "✓ generate"),
}
#: Steps in which npm works.
WHILE_NPM_INSTALLS = ("✓ tools", "✓ settings", "✓ database")


@pytest.mark.parametrize(
    ("stack", "steps"),
    [
        *SAMPLE.items(),
        *(pytest.param(*each, marks=pytest.mark.exhaustive) for each in STEPS.items()),
        pytest.param("python", WHILE_NPM_INSTALLS, marks=pytest.mark.exhaustive),
    ],
    ids=[*SAMPLE, *(f"{stack}-each-step" for stack in STEPS), "python-while-npm-installs"],
)
def test_a_setup_killed_at_any_step_is_completed_by_the_next_one(
    stack: str, steps: Sequence[str], template: Path, tmp_path: Path
) -> None:
    project = Project(stack, template, tmp_path / "killed", [])
    # The first kill is during the installation, the last during the push.
    for step in steps:
        killed = project.start_setup()
        read_up_to(step, killed)
        time.sleep(0.3)
        killed.kill()  # not the programs that it has started
        killed.wait()
    again = project.setup()
    try:
        assert again.returncode == 0, again.stdout + again.stderr
        if project.is_python:
            assert are_compiled(project.folder)
        assert project.setup("--check").returncode == 0
        names = re.findall(r"^(\w+)=", project.env_file.read_text(), re.MULTILINE)
        assert sorted(names) == sorted(project.variables())
        with serving(project.stack, project.folder) as address:
            walk_through(address)
        kill_while_the_database_is_made(project)
    finally:
        project.stop_database()


def are_compiled(project: Path) -> bool:
    """Whether the packages of servers are compiled, and those of tools are not."""
    compiled = {path.parent.name for path in project.glob(".venv/lib/*/*/*/__pycache__")}
    return "fastapi" in compiled and "mypy" not in compiled


def kill_while_the_database_is_made(project: Project) -> None:
    project.stop_database()
    folder = project.folder / ".postgres"
    expected = names(folder)
    shutil.rmtree(folder / "data")
    for _ in range(2):
        killed = project.start_setup()
        while not list(folder.glob("*/PG_VERSION")):
            assert killed.poll() is None
            time.sleep(0.01)
        assert not (folder / "data").exists()
        killed.kill()  # not its initdb, which goes on beside that of the next
        killed.wait()
    again = project.setup()
    assert again.returncode == 0, again.stdout + again.stderr
    assert names(folder) == expected


def names(folder: Path) -> set[str]:
    """The names in a folder, without the copy of the programs that a server uses."""
    return {path.name for path in folder.iterdir()} - {"programs"}
