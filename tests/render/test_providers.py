"""Templates read differences between providers from the data; libraries support every provider.

The libraries are separate packages and do not read the template's data: after a provider is added,
these checks name the tables that lack it.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from better_auth_setup import database
from better_auth_setup.generate import command

from hooks import data
from tests.answers import URLS
from tests.template import REPOSITORY, render
from tests.template import environment as jinja

PROVIDERS = data.providers()
NPM_TABLE = REPOSITORY / "template/typescript/packages/better-auth-setup/src/providers.ts"
SETUP = "template/python/packages/better-auth-setup/pyproject.toml.jinja"
SIDECAR = REPOSITORY / "template/python/packages/better-auth-sidecar/pyproject.toml"


def extras(text: str) -> set[str]:
    return {*tomllib.loads(text)["project"]["optional-dependencies"]}


def test_pythons_setup_supports_every_provider() -> None:
    assert {*database._KINDS} == {*command._PROVIDERS} == {*PROVIDERS}
    for name, kind in database._KINDS.items():
        provider = PROVIDERS[name]
        assert [*kind.schemes] == provider.schemes, name
        assert kind.port == (provider.compose.port if provider.compose else 0), name
    rendered = jinja().get_template(SETUP).render(provider="postgresql")
    assert extras(rendered) >= {*PROVIDERS}


def test_npms_setup_supports_every_provider() -> None:
    text = NPM_TABLE.read_text()
    names = re.findall(r"export type Provider = ([^;]+);", text)[0]
    assert {*re.findall(r'"(\w+)"', names)} == {*PROVIDERS}
    ports = dict(re.findall(r"^  (\w+): \{ label: .*port: (\d+) \},$", text, re.MULTILINE))
    assert ports == {
        name: str(provider.compose.port if provider.compose else 0)
        for name, provider in PROVIDERS.items()
    }


@pytest.mark.parametrize("name", PROVIDERS)
def test_the_sidecar_has_a_driver_or_uses_the_auth_server(name: str) -> None:
    assert (name in extras(SIDECAR.read_text())) == (PROVIDERS[name].python is not None)


def test_no_template_names_a_provider() -> None:
    """Templates and hooks read ``providers.jinja``, so a new provider needs no edit there."""
    named = re.compile(r"""(?<!for )\bprovider\s*(?:[!=]=|(?:not )?in)\s*["'(\[]""")
    sources = [
        REPOSITORY / "copier.yml",
        *(REPOSITORY / "hooks").rglob("*.py"),
        *(REPOSITORY / "template").rglob("*.jinja"),
    ]
    assert len(sources) > 100
    assert named.search("{% if provider != 'sqlite' %}")
    assert [path.name for path in sources if named.search(f"{path}{path.read_text()}")] == []


@pytest.mark.parametrize("name", PROVIDERS)
def test_python_has_an_engine_where_it_has_a_driver(
    template: Path, tmp_path: Path, name: str
) -> None:
    project = render(template, tmp_path / "app", {"provider": name, "database_url": URLS[name]})
    has_driver = PROVIDERS[name].python is not None
    assert (project / "src/my_app/database.py").exists() == has_driver
