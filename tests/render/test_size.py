"""A new project stays small: the machinery is in packages/."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.template import render

#: Files that build images, and are not code of the project.
SHIPPING = {"Dockerfile", ".dockerignore", "compose.yaml"}


#: The lines that an owner has to know; FastAPI's API types are generated.
LINES = {
    ("python", "hono"): 1097,
    ("python", "nextjs"): 1427,
    ("typescript", "hono"): 791,
    ("typescript", "nextjs"): 890,
}


@pytest.mark.parametrize(("stack", "framework"), LINES)
def test_the_owners_tree_stays_small(
    template: Path, tmp_path: Path, stack: str, framework: str
) -> None:
    project = render(template, tmp_path / "app", {"stack": stack, "framework": framework})
    everything = [path for path in project.rglob("*") if path.is_file()]
    own = [path for path in everything if "packages" not in path.relative_to(project).parts]
    pages = [path for path in own if is_page(path.relative_to(project).as_posix())]
    shipped = [path for path in own if path.name in SHIPPING]
    files = [path for path in own if path not in [*pages, *shipped]]
    assert len(files) <= 50 and lines(files) <= LINES[stack, framework]
    # Example code that goes with its folder.
    assert len(pages) <= 16 and lines(pages) <= 1000
    assert len(shipped) == len(SHIPPING) and lines(shipped) <= 110


def is_page(name: str) -> bool:
    return any(folder in f"/{name}" for folder in ("/pages/", "/app/auth/", "/components/"))


def lines(files: list[Path]) -> int:
    return sum(len(path.read_text().splitlines()) for path in files)
