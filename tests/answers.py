"""The answers of the matrix tests: each option alone, and sensible combinations.

The plugins, providers and options come from the template's own data.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tests.template import module

STACKS = ["python", "typescript"]
#: Where a project with Hono configures better-auth, by stack.
AUTH = {"python": "auth/auth.ts", "typescript": "src/lib/auth.ts"}

#: The password in the example of each form of a URL; the name of a file, which has none.
_PASSWORDS = {
    "server": (":password@", ":{password}@"),
    "properties": ("password=secret", "password={password}"),
    "file": ("dev.db", "{password}.db"),
}


@dataclass(frozen=True)
class Answers:
    """A way to answer the questions; what is not given stays the default."""

    given: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        words = (json.dumps(value) for value in self.given.values())
        return " ".join(words) or "defaults"


def plugin_data() -> dict[str, dict[str, Any]]:
    data: dict[str, dict[str, Any]] = module("plugins").plugin_data
    return data


def provider_data() -> dict[str, dict[str, Any]]:
    data: dict[str, dict[str, Any]] = module("providers").provider_data
    return data


def _url(provider: dict[str, Any]) -> str:
    """The example of a provider, with a password that can be searched for."""
    password, placeholder = _PASSWORDS[provider["form"]]
    example: str = provider["example"]
    assert example.count(password) == 1
    return example.replace(password, placeholder)


#: A URL for each provider.
URLS = {name: _url(provider) for name, provider in provider_data().items()}


def social_data() -> dict[str, dict[str, Any]]:
    data: dict[str, dict[str, Any]] = module("social_providers").social_data
    return data


def with_requirements(plugin: str) -> list[str]:
    return [plugin, *plugin_data()[plugin].get("requires", [])]


@cache
def options() -> dict[str, list[str]]:
    """Each plugin option, with the plugins that it goes with."""
    return {
        option: [*with_requirements(plugin), *entry.get("requires", [])]
        for plugin, data in plugin_data().items()
        for option, entry in data.get("options", {}).items()
    }


#: Every plugin with every option; for a provider that can hold them all.
EVERYTHING: dict[str, Any] = {
    "plugins": list(plugin_data()),
    "plugin_options": list(options()),
    "social_providers": list(social_data()),
    "rate_limit_storage": "database",
}


def matrix(stack: str) -> list[Answers]:
    """Answers that must be accepted: one option at a time, then together."""
    variations: list[dict[str, Any]] = [
        {},
        *({"project_name": name} for name in ("a", "X", "My.Own_App 2-0", "A" + "b" * 39)),
        *({"rate_limit_storage": storage} for storage in ("database",)),
        *({"provider": provider, "database_url": URLS[provider]} for provider in provider_data()),
        *({"plugins": with_requirements(plugin)} for plugin in plugin_data()),
        *(
            {"plugins": plugins, "plugin_options": [option]}
            for option, plugins in options().items()
        ),
        {"social_providers": ["github", "google"]},
        {"plugins": ["username", "admin", "two-factor", "organization"]},
        {"plugins": ["magic-link", "email-otp", "phone-number", "anonymous"]},
        EVERYTHING,
    ]
    variations += [
        {"framework": "nextjs", **variation}
        for variation in ({}, {"provider": "sqlite"}, {"provider": "sqlserver"}, EVERYTHING)
    ]
    return [Answers({"stack": stack, **variation}) for variation in variations]
