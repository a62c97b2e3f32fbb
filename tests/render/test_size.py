"""A new project stays small: the machinery is in packages/."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.answers import STACKS
from tests.template import render

#: Files that build images, and are not code of the project.
SHIPPING = {"Dockerfile", ".dockerignore", "compose.yaml"}


@pytest.mark.parametrize("stack", STACKS)
def test_a_new_project_stays_small(template: Path, tmp_path: Path, stack: str) -> None:
    project = render(template, tmp_path / "app", {"stack": stack})
    everything = [path for path in project.rglob("*") if path.is_file()]
    own = [path for path in everything if "packages" not in path.relative_to(project).parts]
    pages = [path for path in own if path.parent.name == "pages"]
    shipped = [path for path in own if path.name in SHIPPING]
    files = [path for path in own if path not in [*pages, *shipped]]
    assert len(files) <= 45 and lines(files) <= 1300
    # Example code, deleted with its folder.
    assert len(pages) <= 9 and lines(pages) <= 1000
    assert len(shipped) == len(SHIPPING) and lines(shipped) <= 110


def lines(files: list[Path]) -> int:
    return sum(len(path.read_text().splitlines()) for path in files)
