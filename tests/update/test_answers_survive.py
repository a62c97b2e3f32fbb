"""An update keeps every stored answer that is still offered.

Both stacks share the templates of the answers: of most tests, `make test` runs one stack.
"""

from __future__ import annotations

import io
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import pytest
import yaml
from copier._cli import CopierApp

from tests.answers import STACKS
from tests.sampling import by_stack, in_stack
from tests.update import later
from tests.update.history import NEXT, PRESENT, PREVIOUS
from tests.update.project import Project, Projects
from tests.update.terminal import QUESTIONS, answer_with_enter

STORED: dict[str, Any] = {
    "plugins": ["username", "two-factor", "organization", "multi-session", "stripe"],
    "plugin_options": [
        "organization-teams",
        "organization-dynamic-access-control",
        "stripe-subscription",
    ],
    "social_providers": ["github", "google"],
    "rate_limit_storage": "database",
}
#: The answers that remain in the release with fewer choices.
REMAINING: dict[str, Any] = {
    "plugins": ["username", "organization", "several-sessions", "stripe"],
    "plugin_options": ["organization-teams", "stripe-billing"],
    "social_providers": ["google-account"],
    "rate_limit_storage": "database",
}


@pytest.fixture(scope="session")
def fewer(projects: Projects, tmp_path_factory: pytest.TempPathFactory) -> Projects:
    folder = tmp_path_factory.mktemp("fewer") / "template"
    return later.release(projects, folder, NEXT, later.with_fewer_choices(projects.template))


def copier_update(project: Project, *options: str) -> str:
    """Runs `copier update` without a terminal, in this process; returns its messages."""
    with redirect_stderr(io.StringIO()) as stderr:
        command = ["copier", "update", *options, str(project.folder)]
        _, status = CopierApp.run(command, exit=False)
    assert status == 0, stderr.getvalue()
    return stderr.getvalue()


def answers(project: Project) -> dict[str, Any]:
    stored: dict[str, Any] = yaml.safe_load((project.folder / ".copier-answers.yml").read_text())
    return stored


@by_stack(
    "way", {"interactive": "typescript", "--defaults": "python", "--skip-answered": "typescript"}
)
def test_answers_survive_a_release_with_fewer_choices(
    fewer: Projects, tmp_path: Path, stack: str, way: str
) -> None:
    """Choices no longer offered are removed and named; renamed ones get the new name."""
    project = fewer.committed(PRESENT, {"stack": stack, **STORED}, tmp_path / "shop")
    if way == "interactive":
        stderr = answer_with_enter(project, QUESTIONS)
    else:
        stderr = copier_update(project, way)
    gone = "two-factor, organization-dynamic-access-control, github"
    assert f"No longer offered, so left out: {gone}." in stderr
    fresh = fewer.texts(NEXT, {"stack": stack, **REMAINING})
    assert project.files() == fresh | {".env.local": project.files()[".env.local"]}


@in_stack("python")
def test_a_provider_that_cannot_hold_a_plugin_is_refused(
    projects: Projects, tmp_path: Path, stack: str
) -> None:
    stored = {"stack": stack, "plugins": ["admin", "scim", "jwt"]}
    project = projects.committed(PRESENT, stored, tmp_path / "shop")
    before = project.files()
    with pytest.raises(ValueError, match="scim cannot be used with sqlserver: its tables cascade"):
        project.update(PRESENT, provider="sqlserver")
    assert project.files() == before
    project.update(PRESENT, provider="sqlserver", plugins=["admin", "jwt"])
    assert answers(project)["plugins"] == ["admin", "jwt"]


@in_stack("typescript")
def test_a_change_of_provider_keeps_the_plugins(
    projects: Projects, tmp_path: Path, stack: str
) -> None:
    stored = {"stack": stack, **STORED}
    project = projects.committed(PRESENT, stored, tmp_path / "shop")
    project.update(PRESENT, provider="sqlserver")
    fresh = projects.texts(PRESENT, {**stored, "provider": "sqlserver"})
    assert project.files() == fresh | {".env.local": project.files()[".env.local"]}


@pytest.mark.parametrize("stack", STACKS)
def test_a_change_of_stack_keeps_the_answers(
    projects: Projects, tmp_path: Path, stack: str
) -> None:
    project = projects.committed(PRESENT, {"stack": stack, **STORED}, tmp_path / "shop")
    other = next(each for each in STACKS if each != stack)
    project.update(PRESENT, stack=other)
    kept = answers(project)
    assert {key: kept[key] for key in STORED} == STORED
    assert kept["stack"] == other


@in_stack("typescript")
def test_a_provider_that_is_no_longer_offered_is_refused(
    fewer: Projects, tmp_path: Path, stack: str
) -> None:
    stored = {"stack": stack, "provider": "sqlite"}
    project = fewer.committed(PRESENT, stored, tmp_path / "shop")
    before = project.files()
    with pytest.raises(ValueError, match="'sqlite' is not in"):
        project.update(NEXT)
    assert project.files() == before


def test_a_name_that_the_other_stack_cannot_take_is_refused(
    projects: Projects, tmp_path: Path
) -> None:
    stored = {"stack": "typescript", "project_name": "Class"}
    project = projects.committed(PRESENT, stored, tmp_path / "shop")
    before = project.files()
    with pytest.raises(ValueError, match='"Class" would make a package class'):
        project.update(PRESENT, stack="python")
    assert project.files() == before


#: Plugins that stay, the stored options then, and those that go.
REMOVALS: dict[str, tuple[list[str], list[str] | None, list[str]]] = {
    "some options": (
        ["two-factor", "stripe"],
        ["stripe-subscription"],
        ["organization-teams"],
    ),
    "all options": (
        ["username"],
        None,
        ["organization-teams", "organization-dynamic-access-control", "stripe-subscription"],
    ),
}


@by_stack("removal", {"some options": "python", "all options": "typescript"})
def test_removing_a_plugin_removes_its_options(
    projects: Projects, tmp_path: Path, stack: str, removal: str
) -> None:
    plugins, options, gone = REMOVALS[removal]
    stored = {"stack": stack, **STORED}
    project = projects.committed(PRESENT, stored, tmp_path / "shop")
    stderr = copier_update(project, "--defaults", "--data", f"plugins=[{','.join(plugins)}]")
    assert f"No longer offered, so left out: {gone[0]}" in stderr
    assert all(option in stderr for option in gone)
    assert answers(project).get("plugin_options") == options


@by_stack("folder", {"shop": "python", "[shop]*": "typescript"})
def test_an_update_without_new_questions_asks_nothing(
    projects: Projects, tmp_path: Path, stack: str, folder: str
) -> None:
    """Also in a folder whose name contains characters of glob patterns."""
    stored = {"stack": stack, **STORED}
    project = projects.committed(PREVIOUS, stored, tmp_path / folder)
    stderr = copier_update(project, "--skip-answered")
    assert "left out" not in stderr
    fresh = projects.texts(PRESENT, stored)
    assert project.files() == fresh | {".env.local": project.files()[".env.local"]}


@in_stack("python")
def test_an_update_asks_only_the_new_question(
    projects: Projects, tmp_path: Path, stack: str
) -> None:
    asking = later.release(
        projects,
        tmp_path / "template",
        NEXT,
        later.with_a_question_more(projects.template),
    )
    project = asking.committed(PRESENT, {"stack": stack, **STORED}, tmp_path / "shop")
    screen = answer_with_enter(project, ["Which colour"], "--skip-answered")
    assert not [question for question in QUESTIONS if question in screen]
    assert answers(project)["colour"] == "blue"
    assert {key: answers(project)[key] for key in STORED} == STORED


def edit_answers(project: Project, old: str, new: str) -> None:
    """Edits the answers file by hand, and commits it."""
    file = project.folder / ".copier-answers.yml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    project.commit("Edit the answers")


#: Edits of the answers file that cannot be taken, and the refusal.
EDITED = {
    ("- username", "- usrname"): "'usrname' is not in",
    ("plugins:\n- username", "plugins: username\nold:\n- username"): "Not a YAML list",
    ("provider: postgresql", "provider: oracle"): "'oracle' is not in",
    ("project_name: My App", "project_name: |\n  My\n  App"): "cannot be used",
}


@in_stack("typescript")
def test_an_answer_that_was_edited_wrongly_changes_nothing(
    projects: Projects, tmp_path: Path, stack: str
) -> None:
    for number, (edit, sentence) in enumerate(EDITED.items()):
        stored = {"stack": stack, **STORED}
        project = projects.committed(PREVIOUS, stored, tmp_path / str(number))
        edit_answers(project, *edit)
        before = project.files()
        with pytest.raises((ValueError, TypeError), match=sentence):
            project.update(PRESENT)
        assert project.files() == before


@in_stack("python")
def test_another_framework_is_refused(projects: Projects, tmp_path: Path, stack: str) -> None:
    project = projects.committed(PRESENT, {"stack": stack, **STORED}, tmp_path / "shop")
    before = project.files()
    with pytest.raises(ValueError, match="Copy a new project for nextjs: an update cannot replace"):
        project.update(PRESENT, framework="nextjs")
    assert project.files() == before
