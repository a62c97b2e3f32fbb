"""An update of an unedited project gives what a new project would be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hooks.catalogue import refreshed
from hooks.versions import RELEASES, TABLES, kept_releases
from tests.answers import STACKS, options, plugin_data
from tests.some import some
from tests.update.history import (
    OLDEST,
    PAIRS,
    PRESENT,
    WITH_ISSUER,
)
from tests.update.project import COMMON, URL, Projects


@pytest.mark.e2e
def test_the_recorded_tables_are_what_better_auth_generates(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.json"
    for version in some(kept_releases()):
        file.write_text(refreshed(file, RELEASES / f"{version}.json"))
        assert file.read_text() == (TABLES / f"{version}.json").read_text(), version


@pytest.mark.parametrize(("old", "new"), PAIRS)
@pytest.mark.parametrize("stack", STACKS)
def test_an_update_equals_a_fresh_render(
    projects: Projects, tmp_path: Path, stack: str, old: str, new: str
) -> None:
    becomes_a_fresh_render(projects, tmp_path, old, new, {"stack": stack, **COMMON})


def test_an_update_needs_no_database_url(projects: Projects, tmp_path: Path) -> None:
    url = "mysql://app:correct-horse@localhost:3306/app"
    answers = {"stack": "python", "provider": "mysql", **COMMON}
    project = projects.committed(OLDEST, {**answers, "database_url": url}, tmp_path / "shop")
    project.update(PRESENT)
    fresh = projects.rendered(PRESENT, {**answers, "database_url": url}, tmp_path / "fresh")
    updated, expected = project.files(), fresh.files()
    assert url in updated.pop(".env.local")
    del expected[".env.local"]
    assert updated == expected


@pytest.mark.exhaustive
@pytest.mark.parametrize(("old", "new"), PAIRS)
@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("plugin", plugin_data())
def test_an_update_equals_a_fresh_render_with_any_plugin(
    projects: Projects, tmp_path: Path, stack: str, plugin: str, old: str, new: str
) -> None:
    needed = {"oauth-provider": ["jwt"]}.get(plugin, [])
    chosen = [plugin, *needed]
    possible = [name for name, plugins in options().items() if set(plugins) <= set(chosen)]
    answers = {"stack": stack, "plugins": chosen, "plugin_options": possible}
    becomes_a_fresh_render(projects, tmp_path, old, new, answers)


def becomes_a_fresh_render(
    projects: Projects, folder: Path, old: str, new: str, answers: dict[str, Any]
) -> None:
    project = projects.committed(old, {**answers, "database_url": URL}, folder / "shop")
    settings = (project.folder / ".env.local").read_text()
    assert URL in settings
    project.update(new)
    fresh = projects.rendered(new, answers, folder / "fresh")

    updated = project.files()
    assert updated.pop(".env.local") == settings
    expected = fresh.files()
    assert expected.pop(".env.local") != settings
    assert updated == expected
    schema = updated["prisma/schema.prisma"]
    account = schema[schema.index("model Account {") :].partition("\n}")[0]
    assert ("issuer" in account) == (new == WITH_ISSUER)
    assert f"_commit: {new}" in (project.folder / ".copier-answers.yml").read_text()
