"""Templates and packages read differences between providers from the data."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from hooks import data
from hooks.catalogue import PROVIDERS_OF_SETUP, providers_of_setup
from tests.answers import URLS
from tests.template import REPOSITORY, render
from tests.template import environment as jinja

PROVIDERS = data.providers()
SETUP = "template/python/packages/better-auth-setup/pyproject.toml.jinja"
SIDECAR = REPOSITORY / "template/python/packages/better-auth-sidecar/pyproject.toml"


def extras(text: str) -> set[str]:
    return {*tomllib.loads(text)["project"]["optional-dependencies"]}


def test_the_setup_packages_have_the_data_of_every_provider() -> None:
    for file in PROVIDERS_OF_SETUP:
        assert file.read_text() == providers_of_setup(), "run: python -m hooks.catalogue"
    rendered = jinja().get_template(SETUP).render(provider="postgresql")
    assert extras(rendered) == {*PROVIDERS}


@pytest.mark.parametrize("name", PROVIDERS)
def test_the_sidecar_has_a_driver_or_uses_the_auth_server(name: str) -> None:
    driver = PROVIDERS[name].python
    assert driver is None or driver.extra in extras(SIDECAR.read_text())


def test_no_source_names_a_provider() -> None:
    """All read ``providers.jinja`` or ``providers.json``, so a new provider is one entry."""
    named = re.compile(r"""(?<!for )\bprovider(?:\.name)?\s*(?:[!=]==?|(?:not )?in)\s*["'(\[]""")
    kinds = {".jinja", ".mjs", ".py", ".ts"}
    sources = [
        REPOSITORY / "copier.yml",
        *(REPOSITORY / "hooks").rglob("*.py"),
        *(path for path in (REPOSITORY / "template").rglob("*.*") if path.suffix in kinds),
    ]
    assert {path.suffix for path in sources} > kinds
    assert named.search("{% if provider != 'sqlite' %}")
    assert [path.name for path in sources if named.search(f"{path}{path.read_text()}")] == []


@pytest.mark.parametrize("name", PROVIDERS)
def test_python_has_an_engine_where_it_has_a_driver(
    template: Path, tmp_path: Path, name: str
) -> None:
    project = render(template, tmp_path / "app", {"provider": name, "database_url": URLS[name]})
    has_driver = PROVIDERS[name].python is not None
    assert (project / "src/my_app/database.py").exists() == has_driver
