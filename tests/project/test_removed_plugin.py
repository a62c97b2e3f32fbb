"""An update that removes a plugin keeps its stored data until the owner accepts the loss."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from copier import run_update

from tests.project.bench import Bench, add
from tests.project.projects import sentence
from tests.sampling import in_stack
from tests.update.history import PLAIN_GIT, git

pytestmark = [pytest.mark.e2e, in_stack("python")]

ADMIN = ["role String?", "banned Boolean? @default(false)", "banReason String?",
         "banExpires DateTime?"]  # fmt: skip


@pytest.fixture
def committed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The project's folder in git, restored after the test."""
    for name, value in PLAIN_GIT.items():
        monkeypatch.setenv(name, value)
    folder = bench.project.folder
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Start")
    yield folder
    git(folder, "add", "--all")
    git(folder, "reset", "--quiet", "--hard")
    shutil.rmtree(folder / ".git")


def test_data_of_a_removed_plugin_survives(bench: Bench, committed: Path) -> None:
    bench.people()
    before = bench.rows()
    settings = bench.project.env_file.read_bytes()
    run_update(committed, data={"plugins": []}, defaults=True, overwrite=True, quiet=True)
    assert "banReason" not in bench.schema.read_text()
    assert bench.project.env_file.read_bytes() == settings

    result = bench.setup()
    assert "the column role of user" in sentence(result)
    assert "changes user: removed column " in result.stdout
    assert bench.rows() == before

    bench.write(add("User", *ADMIN), add("Session", "impersonatedBy String?"))
    kept = bench.done()
    assert bench.rows() == before
    assert "removed column role" not in kept
