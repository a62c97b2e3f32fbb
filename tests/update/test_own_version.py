"""An update keeps a newer better-auth that the owner installed, or shows a conflict."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from hooks.node import NPM, environment
from tests.answers import STACKS
from tests.recipes.document import recipes
from tests.update.history import NEXT, PRESENT, PREVIOUS
from tests.update.later import release
from tests.update.project import COMMON, Project, Projects
from tests.waiting import TIMEOUT

#: Newer than every release's.
OWN = "1.99.0"
MANIFEST = "package.json"
#: `make test` runs TypeScript only: the stacks' package.json files differ in a few packages.
SAMPLED = [
    stack if stack == "typescript" else pytest.param(stack, marks=pytest.mark.exhaustive)
    for stack in STACKS
]


def raise_better_auth(project: Project) -> None:
    """Runs the first command of "A newer better-auth", with another version."""
    [step] = [step for step in recipes()["A newer better-auth"] if step.kind == "run"]
    command = step.text.splitlines()[0].removeprefix("$ npm ")
    before = json.loads((project.folder / MANIFEST).read_text())["dependencies"]["better-auth"]
    [example] = {*re.findall(r"=(\d+\.\d+\.\d+)", command)}
    wanted = command.replace(example, OWN)
    assert wanted.count(OWN) == 3 and before != OWN
    subprocess.run(
        ["bash", "-c", f'exec node "$NPM" {wanted}'],
        cwd=project.folder,
        env={**environment(), "NPM": os.fspath(NPM)},
        check=True,
        capture_output=True,
        timeout=TIMEOUT,
    )
    project.commit("Raise better-auth")


def versions(project: Project) -> list[str]:
    """The versions of better-auth in each place that the recipe names."""
    manifest = json.loads((project.folder / MANIFEST).read_text())
    overrides = manifest["overrides"]
    names = ("better-auth", "@better-auth/core")
    return [manifest["dependencies"]["better-auth"], *(overrides[name] for name in names)]


@pytest.mark.parametrize("stack", SAMPLED)
def test_a_release_with_the_same_better_auth_keeps_it(
    projects: Projects, tmp_path: Path, stack: str
) -> None:
    path = f"template/{stack}/README.md.jinja"
    text = (projects.template / path).read_text() + "\nA later line.\n"
    later = release(projects, tmp_path / "template", NEXT, {path: text})
    project = later.committed(PRESENT, {"stack": stack, **COMMON}, tmp_path / "shop")
    raise_better_auth(project)
    project.update(NEXT)
    assert "A later line." in (project.folder / "README.md").read_text()
    assert project.conflicts() == []
    assert versions(project) == [OWN] * 3


@pytest.mark.parametrize("stack", SAMPLED)
def test_a_release_with_another_better_auth_shows_a_conflict(
    projects: Projects, tmp_path: Path, stack: str
) -> None:
    project = projects.committed(PREVIOUS, {"stack": stack, **COMMON}, tmp_path / "shop")
    raise_better_auth(project)
    project.update(PRESENT)
    assert project.conflicts() == [MANIFEST]
    text = (project.folder / MANIFEST).read_text()
    assert text.count(f'"better-auth": "{OWN}"') == 2
