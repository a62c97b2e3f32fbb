"""Fixtures: running projects of both stacks, and their users in Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.answers import STACKS
from tests.browser.person import Person
from tests.browser.sites import PANELS, Site, serving
from tests.browser.visits import chromium, pytest_runtest_makereport, visiting
from tests.project.workshop import Workshop

__all__ = ["chromium", "pytest_runtest_makereport"]  # a fixture and a hook, for pytest


@pytest.fixture(scope="module", params=STACKS)
def site(
    request: pytest.FixtureRequest, workshop: Workshop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A project with every panel, in each stack."""
    folder = tmp_path_factory.mktemp(request.param) / "project"
    with serving(workshop, request.param, PANELS, folder) as site:
        yield site


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks most Python cases exhaustive: they test the same pages through the proxy."""
    for item in items:
        is_sampled = item.get_closest_marker("both")
        uses_site = isinstance(item, pytest.Function) and "site" in item.fixturenames
        if uses_site and "[python" in item.name and not is_sampled:
            item.add_marker(pytest.mark.exhaustive)


@pytest.fixture
def person(request: pytest.FixtureRequest, site: Site, chromium: Browser) -> Iterator[Person]:
    with visiting(request.node, chromium, site) as person:
        yield person
