"""A project that nobody edited becomes, by an update, what a new project would be."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from hooks.catalogue import refreshed
from tests.answers import STACKS, options_of, stack_plugins
from tests.update.history import PAIRS, RECORDED, RELEASES, TAGS, VERSIONS, git
from tests.update.project import Project

URL = "postgresql://app:correct-horse@localhost:5432/app"
#: Plugins whose tables grew between the releases, and some whose tables did not.
COMMON: dict[str, Any] = {
    "plugins": ["username", "admin", "organization", "jwt", "api-key"],
    "plugin_options": ["organization-teams"],
    "rate_limit_storage": "database",
}


@pytest.mark.e2e
@pytest.mark.xdist_group("official")
def test_the_recorded_tables_are_what_better_auth_generates(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.jinja"
    for version in (release.better_auth for release in RELEASES if release.better_auth):
        file.write_text(refreshed(file, VERSIONS / f"{version}.json"))
        assert file.read_text() == (RECORDED / f"{version}.jinja").read_text(), version


@pytest.mark.parametrize(("old", "new"), PAIRS)
@pytest.mark.parametrize("stack", STACKS)
def test_an_update_is_a_fresh_render(
    releases: Path, tmp_path: Path, stack: str, old: str, new: str
) -> None:
    becomes_a_fresh_render(releases, tmp_path, old, new, {"stack": stack, **COMMON})


@pytest.mark.exhaustive
@pytest.mark.parametrize(("old", "new"), PAIRS)
@pytest.mark.parametrize(
    ("stack", "plugin"), [(stack, plugin) for stack in STACKS for plugin in stack_plugins(stack)]
)
def test_an_update_is_a_fresh_render_with_any_plugin(
    releases: Path, tmp_path: Path, stack: str, plugin: str, old: str, new: str
) -> None:
    needed = {"oauth-provider": ["jwt"]}.get(plugin, [])
    chosen = [plugin, *needed]
    options = [name for name, plugins in options_of(stack).items() if set(plugins) <= set(chosen)]
    answers = {"stack": stack, "plugins": chosen, "plugin_options": options}
    becomes_a_fresh_render(releases, tmp_path, old, new, answers)


def becomes_a_fresh_render(
    releases: Path, folder: Path, old: str, new: str, answers: dict[str, Any]
) -> None:
    project = Project.make(releases, old, folder / "shop", {**answers, "database_url": URL})
    settings = (project.folder / ".env.local").read_text()
    assert URL in settings
    project.update(new)
    fresh = Project.render(releases, new, folder / "fresh", answers)

    updated = project.files()
    assert updated.pop(".env.local") == settings
    expected = fresh.files()
    assert expected.pop(".env.local") != settings
    assert updated == expected
    schema = updated["prisma/schema.prisma"]
    assert ("issuer" in schema) == (new == "0.2.0")
    assert f"_commit: {new}" in (project.folder / ".copier-answers.yml").read_text()
