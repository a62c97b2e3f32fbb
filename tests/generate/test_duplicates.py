"""Setup removes duplicates from a schema, in all of its files or in none."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.generate.command import SOURCES, Project

pytestmark = pytest.mark.e2e

DROP = """
from pathlib import Path
from better_auth_setup.problem import Problem
from better_auth_setup.project import Project
from better_auth_setup.duplicates import drop
try:
    print(*drop(Project(Path.cwd())))
except (Problem, OSError) as error:
    raise SystemExit(str(error))
"""


def drop(project: Project, python: str = "") -> subprocess.CompletedProcess[str]:
    """Runs setup's step, after the code ``python`` in the same process."""
    folders = [str(project.folder / folder) for folder in SOURCES]
    return subprocess.run(
        [sys.executable, "-c", python + DROP],
        cwd=project.folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
        capture_output=True,
        text=True,
    )


def repeat(project: Project, line: str, *, instead: str = "") -> None:
    """Duplicates a line of the schema, unchanged or changed."""
    text = project.schema.read_text()
    assert text.count(line) == 1
    project.schema.write_text(text.replace(line, line + (instead or line)))


ADDRESS = "  ipAddress String?\n"


def test_file_modes_and_links_are_kept(project: Project) -> None:
    whole = project.schema.read_text()
    repeat(project, ADDRESS)
    elsewhere = project.folder / "elsewhere.prisma"
    project.schema.rename(elsewhere)
    project.schema.symlink_to(elsewhere)
    elsewhere.chmod(0o640)
    result = drop(project)
    assert result.stdout == "Session.ipAddress was defined twice\n", result.stderr
    assert project.schema.is_symlink()
    assert elsewhere.read_text() == whole
    assert elsewhere.stat().st_mode & 0o777 == 0o640


def test_an_unwritable_schema_stays_unchanged(project: Project) -> None:
    repeat(project, ADDRESS)
    before = project.schema.read_bytes()
    result = drop(project, "import resource as r; r.setrlimit(r.RLIMIT_FSIZE, (1000, 1000))")
    assert "File too large" in result.stderr
    assert project.schema.read_bytes() == before
    assert [file.name for file in project.schema.parent.glob("*schema.prisma*")] == [
        "schema.prisma"
    ]


def test_a_refusal_writes_no_file(project: Project) -> None:
    repeat(project, ADDRESS)
    repeat(project, "  userAgent String?\n", instead="  userAgent Int?\n")
    before = project.schema.read_bytes()
    result = drop(project)
    assert "Session.userAgent is defined twice, differently. Keep one of each" in result.stderr
    assert project.schema.read_bytes() == before


def test_schemas_in_node_modules_are_ignored(project: Project) -> None:
    project.change("prisma.config.ts", "prisma/schema.prisma", "prisma")
    theirs = project.schema.parent / "node_modules" / "theirs.prisma"
    theirs.parent.mkdir()
    theirs.write_text("model User {\n  id Int @id\n  id Int @id\n}\n")
    before = theirs.read_bytes()
    result = drop(project)
    assert result.returncode == 0, result.stderr
    assert theirs.read_bytes() == before
