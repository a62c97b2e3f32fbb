"""The template's data matches its schema, and its references exist."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from pydantic import ValidationError

from hooks import data
from hooks.node import pins
from tests.some import some


def test_every_entry_matches_its_schema() -> None:
    assert data.plugins() and data.providers() and data.social_providers()


def test_required_plugins_are_offered() -> None:
    plugins = data.plugins()
    for name, plugin in some(plugins.items()):
        needed = {*plugin.requires, *(each for o in plugin.options.values() for each in o.requires)}
        assert needed <= {*plugins} - {name}, name


def test_an_option_belongs_to_one_plugin() -> None:
    plugins = data.plugins()
    options = [option for plugin in plugins.values() for option in plugin.options]
    assert len({*options, *plugins}) == len(options) + len(plugins)


def test_every_imported_package_is_pinned() -> None:
    databases = {provider.typescript.package for provider in data.providers().values()}
    imported = databases | data.imported_packages()
    assert {"@better-auth/passkey", "stripe", "viem"} <= imported
    assert imported <= {*pins()["versions"]["npm"]}


def test_incompatible_combinations_name_existing_plugins() -> None:
    features = {*data.plugins(), *(o for each in data.plugins().values() for o in each.options)}
    refused = {plugin for provider in data.providers().values() for plugin in provider.refuses}
    assert {*some(refused)} <= features


def changed(entry: dict[str, Any], *path: str, value: object) -> dict[str, Any]:
    """An entry with one value replaced."""
    made = deepcopy(entry)
    place = made
    for key in path[:-1]:
        place = place.setdefault(key, {})
    place[path[-1]] = value
    return made


PLUGIN: dict[str, Any] = {"label": "a plugin", "typescript": {"export": "plugin"}}
SOCIAL: dict[str, Any] = {"label": "Shop", "console": "https://shop.example.com"}


@pytest.mark.parametrize(
    ("load", "entry", "sentence"),
    [
        (data.Plugin, changed(PLUGIN, "lable", value="x"), "lable"),
        (data.Plugin, changed(PLUGIN, "typescript", "argument", value=["x"]), "argument"),
        (data.Plugin, changed(PLUGIN, "typescript", "arguments", value="x: 1"), "arguments"),
        (data.Plugin, changed(PLUGIN, "typescript", "env", value={"secret": "x"}), "env"),
        (data.Plugin, changed(PLUGIN, "typescript", "client_type", value="x"), "name the client"),
        (data.SocialProvider, changed(SOCIAL, "console", value="http://shop"), "console"),
        (data.SocialProvider, changed(SOCIAL, "optional", value={"clientId": ""}), "once"),
        (data.SocialProvider, changed(SOCIAL, "https", value=False), "https"),
    ],
)
def test_a_wrong_entry_is_reported(
    load: Callable[..., object], entry: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ValidationError, match=sentence):
        load(**entry)
