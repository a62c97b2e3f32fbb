"""The commands of CONTRIBUTING.md work: a plugin, a provider, a version, a release."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from copier import run_copy

from tests.contributing.clone import Clone, clone, commands

PLUGINS = "template/shared/plugins.jinja"
PROVIDERS = "template/shared/providers.jinja"
CATALOGUE = "template/shared/catalogue.json"


@pytest.fixture
def contributor(tmp_path: Path) -> Clone:
    return clone(tmp_path)


def entry(name: str) -> str:
    """A pattern that matches the lines of an entry of the data."""
    return rf'^  "{name}": \{{\n.*?^  \}},\n'


def test_the_checks_are_make_targets(contributor: Clone) -> None:
    """Uses `make --dry-run`, because the checks would run this test again."""
    [check] = commands()[""]
    assert "pytest" in contributor.run(f"{check} --dry-run")
    assert "pytest" in contributor.run("make --dry-run test test-updates")
    assert "uv" in contributor.run("make --dry-run --always-make install")


@pytest.mark.e2e
def test_a_plugin_is_one_entry(contributor: Clone, tmp_path: Path) -> None:
    """Removes a plugin and adds it again: only the order of tables differs."""
    catalogue, documents = commands()["Add a plugin"]
    chosen = "plugins=[device-authorization]"

    data = contributor.cut(PLUGINS, entry("device-authorization"))
    contributor.run(f"{catalogue} && {documents}")
    assert sorted(contributor.changed()) == [
        "docs/questions.md",
        CATALOGUE,
        PLUGINS,
    ]
    for name in (CATALOGUE, "docs/questions.md"):
        assert "device-authorization" not in (contributor.folder / name).read_text(), name
    assert contributor.render(tmp_path / "without", chosen).returncode != 0

    (contributor.folder / PLUGINS).write_text(data)
    contributor.run(f"{catalogue} && {documents}")
    assert contributor.changed() in ([], [CATALOGUE])
    rendered = contributor.render(tmp_path / "with", chosen)
    assert rendered.returncode == 0, rendered.stderr
    project = tmp_path / "with"
    assert "model DeviceCode" in (project / "prisma/schema.prisma").read_text()
    assert "    deviceAuthorization({" in (project / "auth/auth.ts").read_text()
    assert "    deviceAuthorizationClient()," in (project / "auth/auth-client.ts").read_text()


@pytest.mark.exhaustive
def test_a_provider_is_one_entry(contributor: Clone, tmp_path: Path) -> None:
    """Removes a provider whose types differ, and adds it again: without its entry it is refused."""
    [catalogue] = commands()["Add a provider"]
    chosen = ("provider=mysql", "database_url=mysql://root@127.0.0.1:3306/app")

    data = contributor.cut(PROVIDERS, entry("mysql"))
    contributor.run(catalogue)
    copies = [name for name in contributor.changed() if name.endswith("/providers.json")]
    assert len(copies) == 2
    assert all("mysql" not in (contributor.folder / name).read_text() for name in copies)
    # It has types of its own.
    assert CATALOGUE in contributor.changed()
    assert contributor.render(tmp_path / "without", *chosen).returncode != 0

    (contributor.folder / PROVIDERS).write_text(data)
    contributor.run(catalogue)
    assert contributor.changed() == []
    rendered = contributor.render(tmp_path / "with", *chosen)
    assert rendered.returncode == 0, rendered.stderr
    schema = (tmp_path / "with/prisma/schema.prisma").read_text()
    assert 'provider = "mysql"' in schema


@pytest.mark.exhaustive
def test_an_outdated_pin_is_reported(contributor: Clone) -> None:
    """The hook prints the newest versions that resolve together."""
    [hook] = commands()["Raise versions"]
    versions = contributor.folder / "template/shared/versions.jinja"
    text, count = re.subn('"httpx": "[^"]+"', '"httpx": "0.27.0"', versions.read_text())
    assert count == 1
    versions.write_text(text)
    printed = contributor.run(hook).splitlines()
    [line] = [line.split() for line in printed if " httpx " in line]
    assert line[:3] == ["python", "httpx", "0.27.0"]
    assert contributor.changed() == ["template/shared/versions.jinja"]


def test_a_release_is_a_tag(contributor: Clone, tmp_path: Path) -> None:
    for command in commands()["Release"]:
        contributor.run(command)
    assert contributor.run(f"git -C '{contributor.origin}' tag").split() == ["1.0.0"]
    contributor.run(
        "git commit --quiet --allow-empty --message later && git push --quiet origin main"
    )
    run_copy(str(contributor.origin), tmp_path / "app", defaults=True, quiet=True)
    answers = yaml.safe_load((tmp_path / "app" / ".copier-answers.yml").read_text())
    assert answers["_commit"] == "1.0.0"


def test_every_section_is_followed() -> None:
    followed = {"", "Add a plugin", "Add a provider", "Raise versions", "Release"}
    assert {title for title, found in commands().items() if found} == followed
