"""A running project of either stack, with stand-ins for social providers."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hooks.demo import STACKS as COMMANDS
from tests.answers import social_data
from tests.conformance.internet import Internet
from tests.conformance.servers import serving
from tests.project.social.accounts import Provider
from tests.project.typescript import Browser
from tests.template import module

#: The provider whose keys are not set.
OFF = "zoom"

#: FastAPI of the tests' own environment, which has the packages of a project's.
SERVE = {
    "python": [sys.executable, "-m", "fastapi", *COMMANDS["python"].serve[1:]],
    "typescript": list(COMMANDS["typescript"].serve),
}


@dataclass(frozen=True)
class Project:
    """A project with every social provider, and stand-ins for some of them."""

    stack: str
    folder: Path
    internet: Internet
    providers: Mapping[str, Provider]
    url: str

    @contextmanager
    def serving(self, **settings: str) -> Iterator[Shop]:
        """Runs the server with these settings."""
        more = {**self.internet.settings, **settings}
        with serving(self.stack, self.folder, SERVE[self.stack], self.url, **more) as server:
            yield Shop(server.address, server.log)

    @property
    def keys(self) -> dict[str, str]:
        """The settings of all providers but one: real ones for those with stand-ins."""
        keys = dummy_keys(name for name in social_data() if name != OFF)
        return keys | {k: v for each in self.providers.values() for k, v in each.settings.items()}


@dataclass(frozen=True)
class Shop:
    """A running server."""

    address: str
    log: Path

    def browser(self) -> Browser:
        return Browser(self.address, self.log)

    def callback(self, provider: str) -> str:
        """The callback URL to register at a provider."""
        return f"{self.address}/api/auth/callback/{provider}"


def dummy_keys(providers: Iterable[str]) -> dict[str, str]:
    """Placeholder values for every setting of these providers."""
    required_settings = module("social_providers").required_settings
    settings = (json.loads(required_settings(name)) for name in providers)
    return {key: "dummy" for each in settings for key in each.values()}
