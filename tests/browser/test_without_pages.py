"""Owners can delete the example pages, and updates do not restore them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from copier import run_update

from tests.answers import STACKS
from tests.template import render, snapshot
from tests.update.history import git

FOLDERS = {"python": "auth/pages", "typescript": "src/pages"}


@pytest.mark.parametrize("stack", STACKS)
def test_an_update_does_not_restore_deleted_pages(tmp_path: Path, stack: str) -> None:
    author = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    (tmp_path / "template").mkdir()
    template = snapshot(tmp_path / "template")
    app = tmp_path / "app"
    git(template, "init", "--quiet")
    for number, version in enumerate(["0.1.0", "0.2.0"]):
        style = template / "template/shared/pages/style.css"
        style.write_text(style.read_text() + "\n/* newer */\n" * number)
        git(template, "add", "--all")
        git(template, *author, "commit", "--quiet", "--message", version)
        git(template, "tag", version)
        if number == 0:
            render(template, app, {"stack": stack})
            git(app, "init", "--quiet")
            git(app, "add", "--all")
            git(app, *author, "commit", "--quiet", "--message", "Rendered")
            shutil.rmtree(app / FOLDERS[stack])
            git(app, *author, "commit", "--quiet", "--all", "--message", "No pages")
    run_update(app, defaults=True, overwrite=True, quiet=True)
    assert "0.2.0" in (app / ".copier-answers.yml").read_text()
    assert not (app / FOLDERS[stack]).exists()
