"""Copier's commands in a terminal."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.update.history import OLDEST, PRESENT, PREVIOUS, git
from tests.update.project import COMMON, URL, Project, Projects
from tests.update.terminal import COPIER, QUESTIONS, answer_with_enter

ANSWERS = {"stack": "python", **COMMON}


def copier(
    folder: Path, *arguments: str, command: Sequence[str] = COPIER
) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*command, *arguments], cwd=folder, capture_output=True, text=True)


def test_an_update_needs_no_trust_and_prints_the_next_step(
    projects: Projects, tmp_path: Path
) -> None:
    project = projects.committed(PREVIOUS, ANSWERS, tmp_path / "shop")
    checked = copier(project.folder, "check-update")
    assert checked.returncode == 0
    assert PRESENT in checked.stdout

    installed = [sys.executable, "-m", "copier"]
    updated = copier(project.folder, "update", "--defaults", command=installed)
    assert updated.returncode == 0, updated.stderr
    assert "python3 scripts/setup.py" in updated.stderr
    project.commit("Update")
    assert project.files() == projects.rendered(PRESENT, ANSWERS, tmp_path / "fresh").files()
    assert "up-to-date" in copier(project.folder, "check-update").stdout


def test_an_update_never_asks_for_the_database(projects: Projects, tmp_path: Path) -> None:
    project = projects.committed(OLDEST, {**ANSWERS, "database_url": URL}, tmp_path / "shop")
    screen = answer_with_enter(project, QUESTIONS)
    assert "URL" not in screen
    assert f'"{URL}"' in (project.folder / ".env.local").read_text()
    assert "correct-horse" not in (project.folder / ".copier-answers.yml").read_text()


def test_an_update_refuses_uncommitted_work(projects: Projects, tmp_path: Path) -> None:
    project = projects.committed(OLDEST, ANSWERS, tmp_path / "shop")
    schema = project.folder / "prisma" / "schema.prisma"
    schema.write_text(schema.read_text() + "\n// Later: invoices.\n")
    before = project.files()
    refused = copier(project.folder, "update", "--defaults")
    assert refused.returncode != 0
    assert "repository is dirty" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert project.files() == before


def test_a_project_in_a_folder_of_a_bigger_repository(projects: Projects, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    neighbour = tmp_path / "website" / "index.html"
    neighbour.parent.mkdir()
    neighbour.write_text("<h1>The shop</h1>\n")
    project = projects.rendered(OLDEST, ANSWERS, tmp_path / "services" / "shop")
    project.commit("Everything")
    project.update(PRESENT)

    assert project.files() == projects.rendered(PRESENT, ANSWERS, tmp_path / "fresh").files() | {
        ".env.local": project.files()[".env.local"]
    }
    changed = git(tmp_path, "status", "--porcelain").splitlines()
    assert changed
    assert {line[3:].split("/")[0] for line in changed} == {"fresh", "services"}


def test_recopy_discards_edits_and_keeps_env_local(projects: Projects, tmp_path: Path) -> None:
    project = projects.committed(OLDEST, ANSWERS, tmp_path / "shop")
    settings = project.folder / ".env.local"
    settings.write_text("DATABASE_URL=postgresql://a:b@db/shop\n")
    schema = project.folder / "prisma" / "schema.prisma"
    schema.write_text("// Lost.\n")
    project.commit("Work")
    result = copier(project.folder, "recopy", "--defaults", "--overwrite")
    assert result.returncode == 0, result.stderr
    fresh = projects.rendered(PRESENT, ANSWERS, tmp_path / "fresh").files()
    assert project.files() == fresh | {".env.local": "DATABASE_URL=postgresql://a:b@db/shop\n"}


@pytest.mark.exhaustive
def test_a_template_without_releases(projects: Projects, tmp_path: Path) -> None:
    """Without tags, an update uses the last commit."""
    template = tmp_path / "template"
    git(tmp_path, "clone", "--quiet", "--no-tags", str(projects.template), str(template))
    git(template, "checkout", "--quiet", "HEAD~2")
    git(template, "checkout", "--quiet", "-B", "main")
    project = Project(tmp_path / "shop")
    result = copier(
        tmp_path, "copy", "--defaults", "--data", "plugins=[admin]", str(template), "shop"
    )
    assert result.returncode == 0, result.stderr
    git(project.folder, "init", "--quiet")
    project.commit("Start")
    git(template, "merge", "--quiet", "--ff-only", "origin/HEAD")
    result = copier(project.folder, "update", "--defaults")
    assert result.returncode == 0, result.stderr
    answers = {"plugins": ["admin"]}
    settings = project.files()[".env.local"]
    fresh = projects.rendered(PRESENT, answers, tmp_path / "fresh").files()
    assert without_source(project.files()) == without_source(fresh | {".env.local": settings})


def without_source(files: dict[str, str]) -> dict[str, str]:
    answers = files[".copier-answers.yml"].splitlines()
    kept = [line for line in answers if not line.startswith("_src_path: ")]
    return {**files, ".copier-answers.yml": "\n".join(kept)}
