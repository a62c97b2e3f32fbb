"""Debian's Chromium, and projects of both stacks for it."""

from __future__ import annotations

import secrets
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.answers import STACKS
from tests.browser.person import Person
from tests.browser.sites import PANELS, Site, serving
from tests.project.workshop import Workshop

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",  # it may run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # What it would ask of the Internet by itself.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with Workshop.opened(tmp_path_factory.mktemp("postgresql")) as workshop:
        yield workshop


@pytest.fixture(scope="module", params=STACKS)
def site(
    request: pytest.FixtureRequest, workshop: Workshop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A project with every panel, in each stack."""
    folder = tmp_path_factory.mktemp(request.param) / "project"
    with serving(workshop, request.param, PANELS, folder) as site:
        yield site


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.fail("Run `make chromium`: the browser tests need Debian's Chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In the Python stack the same pages come by way of its proxy: `make test` samples them."""
    for item in items:
        is_sampled = item.get_closest_marker("both")
        uses_site = isinstance(item, pytest.Function) and "site" in item.fixturenames
        if uses_site and "[python" in item.name and not is_sampled:
            item.add_marker(pytest.mark.exhaustive)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash.setdefault(FAILED, False)
    if report.failed:
        item.stash[FAILED] = True
    return report


FAILED = pytest.StashKey[bool]()


@pytest.fixture
def person(request: pytest.FixtureRequest, site: Site, chromium: Browser) -> Iterator[Person]:
    """Somebody at a browser of their own; nothing may go wrong in its console."""
    context = chromium.new_context(
        # Rate limits count each person.
        extra_http_headers={
            "X-Forwarded-For": f"10.{'.'.join(str(b) for b in secrets.token_bytes(3))}"
        },
        permissions=["clipboard-read", "clipboard-write"],
    )
    context.set_default_timeout(10_000)
    person = Person(site, context.new_page())
    yield person
    if request.node.stash.get(FAILED, False):
        picture = site.project.parent / f"{request.node.name}.png"
        person.page.screenshot(path=picture, full_page=True)
        print(f"The page as it was: {picture}")
    context.close()
    assert person.complaints == []
