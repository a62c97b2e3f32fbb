"""A new project is small enough to be read by its owner: the machinery is in packages/."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.answers import STACKS
from tests.template import render


@pytest.mark.parametrize("stack", STACKS)
def test_the_owners_tree_stays_small(template: Path, tmp_path: Path, stack: str) -> None:
    project = render(template, tmp_path / "app", {"stack": stack})
    files = [
        path
        for path in project.rglob("*")
        if path.is_file() and "packages" not in path.relative_to(project).parts
    ]
    lines = sum(len(path.read_text().splitlines()) for path in files)
    assert len(files) <= 45 and lines <= 1300
