"""Updates with other answers: `copier update --data …`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.answers import STACKS
from tests.node import ask_prisma
from tests.update.edits import fitting
from tests.update.history import OLDEST, PRESENT, git
from tests.update.library import RESERVED, SCHEMA, edits
from tests.update.project import Projects, lost_lines, own_lines

FEW: dict[str, Any] = {"plugins": ["username", "organization"]}
OTHERWISE: dict[str, dict[str, Any]] = {
    "a plugin more": {"plugins": ["username", "two-factor", "organization", "api-key"]},
    "a plugin less": {"plugins": ["organization"]},
    "social providers": {"social_providers": ["github", "google"]},
    "teams": {"plugin_options": ["organization-teams"]},
    "rate limits in the database": {"rate_limit_storage": "database"},
    "another database": {"provider": "mysql"},
    "another name": {"project_name": "Corner Shop"},
    "neither plugins nor a database of its own": {"plugins": [], "provider": "sqlite"},
}
#: The stack of each case in `make test`.
SAMPLE = dict(zip(OTHERWISE, STACKS * len(OTHERWISE), strict=False))
#: Answers that stay: a package keeps its name.
KEPT = {"python": {"package_name": "my_app"}, "typescript": {}}


@pytest.mark.parametrize(
    ("stack", "change"),
    [
        pytest.param(stack, change, marks=() if stack == SAMPLE[change] else pytest.mark.exhaustive)
        for stack in STACKS
        for change in OTHERWISE
    ],
)
def test_other_answers(projects: Projects, tmp_path: Path, stack: str, change: str) -> None:
    """The result equals a fresh project with these answers and the same edits."""
    answers = {"stack": stack, **FEW}
    project = projects.committed(OLDEST, answers, tmp_path / "shop")
    rendered = project.files()
    otherwise = {**answers, **KEPT[stack], **OTHERWISE[change]}
    fresh = projects.rendered(PRESENT, otherwise, tmp_path / "fresh")
    script = fitting(edits(stack, RESERVED), rendered, fresh.files())
    for edit in script:
        edit.apply(project.folder)
        edit.apply(fresh.folder)
    project.commit("Work")
    edited = project.files()
    project.update(PRESENT, **OTHERWISE[change])

    updated = project.files()
    assert project.conflicts() == []
    assert lost_lines(own_lines(rendered, edited), updated) == {}
    assert updated == fresh.files() | {".env.local": edited[".env.local"]}
    assert ask_prisma([updated[SCHEMA]], "validate") == [None]


def test_an_update_keeps_the_package_name_unless_the_owner_moved_it(
    projects: Projects, tmp_path: Path
) -> None:
    answers = {"stack": "python", **FEW}
    project = projects.committed(OLDEST, answers, tmp_path / "shop")
    before = project.files()
    with pytest.raises(ValueError, match='the package of this project is "my_app"'):
        project.update(PRESENT, package_name="shop")
    assert project.files() == before

    git(project.folder, "mv", "src/my_app", "src/shop")
    own_files = [path for path in project.files() if not path.startswith("packages/")]
    for path in own_files:
        file = project.folder / path
        file.write_text(file.read_text().replace("my_app", "shop"))
    project.commit("The package is called shop")
    project.update(PRESENT)
    fresh = projects.texts(PRESENT, {**answers, "package_name": "shop"})
    assert project.files() == fresh | {".env.local": before[".env.local"]}
