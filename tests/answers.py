"""The answers that the matrix tests go through: each option varied alone, and sensible company.

One place for all of them; the data comes from the template, the rules for refusing from
``tests/render/oracle.py``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tests.template import module

STACKS = ["python", "typescript"]

#: A URL for each provider, with a password that can be searched for.
URLS = {
    "postgresql": "postgresql://app:{password}@localhost:5432/app?schema=public",
    "sqlite": "file:./{password}.db",
    "mysql": "mysql://app:{password}@localhost:3306/app",
    "cockroachdb": "postgresql://app:{password}@localhost:26257/app",
    "sqlserver": "sqlserver://localhost:1433;database=app;user=sa;password={password}",
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


def with_requirements(plugin: str) -> list[str]:
    return [plugin, *plugin_data()[plugin].get("requires", [])]


@cache
def options_of(stack: str) -> dict[str, list[str]]:
    """Each plugin option that a stack has, with the plugins that it goes with."""
    return {
        option: [*with_requirements(plugin), *entry.get("requires", [])]
        for plugin, data in plugin_data().items()
        for option, entry in data.get("options", {}).items()
        if stack in entry
    }


def stack_plugins(stack: str) -> list[str]:
    return [plugin for plugin, data in plugin_data().items() if stack in data]


def stack_providers(stack: str) -> list[str]:
    return [provider for provider, data in provider_data().items() if stack in data]


def matrix(stack: str) -> list[Answers]:
    """Answers that must be accepted: one option at a time, then together."""
    everything = {
        "plugins": stack_plugins(stack),
        "plugin_options": list(options_of(stack)),
        "rate_limit_storage": "database",
    }
    variations: list[dict[str, Any]] = [
        {},
        *({"project_name": name} for name in ("a", "X", "My.Own_App 2-0", "A" + "b" * 39)),
        *({"rate_limit_storage": storage} for storage in ("database",)),
        *(
            {"provider": provider, "database_url": URLS[provider]}
            for provider in stack_providers(stack)
        ),
        *({"plugins": with_requirements(plugin)} for plugin in stack_plugins(stack)),
        *(
            {"plugins": plugins, "plugin_options": [option]}
            for option, plugins in options_of(stack).items()
        ),
        {"plugins": ["username", "admin", "two-factor", "organization"]},
        {"plugins": ["magic-link", "email-otp", "phone-number", "anonymous"]},
        everything,
    ]
    return [Answers({"stack": stack, **variation}) for variation in variations]
