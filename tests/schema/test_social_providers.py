"""The data of social providers matches the installed better-auth."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hooks import node
from tests.answers import plugin_data, social_data
from tests.some import some
from tests.template import module


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    """The source of each social provider of the pinned better-auth."""
    packages = node.install(node.pinned(*node.BETTER_AUTH)) / "node_modules"
    folder = packages / "@better-auth" / "core" / "dist" / "social-providers"
    index = (folder / "index.mjs").read_text()
    listed = re.search(r"const socialProviders = \{(.*?)\}", index, re.S)
    assert listed
    return {name: _source(folder, name) for name in re.findall(r"\w+", listed[1])}


def _source(folder: Path, name: str) -> str:
    file = "microsoft-entra-id" if name == "microsoft" else name
    return (folder / f"{file}.mjs").read_text()


def test_every_social_provider_of_better_auth_is_offered(sources: dict[str, str]) -> None:
    assert sorted(social_data()) == sorted(sources)
    first = ["github", "google", "microsoft", "apple", "discord"]
    assert [*social_data()][: len(first)] == first
    rest = [*social_data()][len(first) :]
    assert rest == sorted(rest)


def test_address_verification_matches_the_sources(sources: dict[str, str]) -> None:
    """A constant claim is `false` in the source; for Reddit, the owner configures it."""
    for name, source in some(sources.items()):
        claims = re.findall(r"emailVerified[:=]? ?=? ([^;,\n]+)", source)
        asked = [claim.removeprefix("userMap?.emailVerified ?? ") for claim in claims]
        ever = any(claim != "false" for claim in asked) or "emailVerified," in source
        assert ever == social_data()[name].get("verifies", True), (name, claims)


def test_providers_and_plugins_share_only_googles_client_id() -> None:
    """One Tap uses Google's client id as well."""
    plugins = [key for data in plugin_data().values() for key in data["typescript"].get("env", {})]
    macros = module("social_providers")
    providers: list[str] = []
    for name in social_data():
        providers += re.findall(r"[A-Z_]{5,}", macros.required_settings(name))
        providers += re.findall(r"[A-Z_]{5,}", macros.optional_settings(name))
    assert len(set(providers)) == len(providers)
    assert set(plugins) & set(providers) == {"GOOGLE_CLIENT_ID"}
