"""Chromium, and browser contexts of users with a picture of the page where a test failed."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser

from hooks import chromium as chromium_of_debian
from tests.browser.person import HTML, Look, Person, random_address
from tests.browser.sites import Site
from tests.waiting import TIMEOUT

FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """For the conftest.py of a folder: notes which tests failed."""
    report = yield
    item.stash.setdefault(FAILED, False)
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """For the conftest.py of a folder: Debian's Chromium."""
    if not chromium_of_debian.PATH.exists():
        pytest.fail("Run `make chromium`: the browser tests need Debian's Chromium.")
    with chromium_of_debian.launched() as browser:
        yield browser


@contextmanager
def visiting(
    test: pytest.Item, chromium: Browser, site: Site, look: Look = HTML
) -> Iterator[Person]:
    """A user with a browser context, whose console must show no errors."""
    context = chromium.new_context(
        # Rate limits count by address.
        extra_http_headers={"X-Forwarded-For": random_address()},
        permissions=["clipboard-read", "clipboard-write"],
    )
    context.set_default_timeout(TIMEOUT * 1000)
    person = Person(site, context.new_page(), look)
    yield person
    if test.stash.get(FAILED, False):
        picture = site.project.parent / f"{test.name}.png"
        person.page.screenshot(path=picture, full_page=True)
        print(f"The page as it was: {picture}")
    context.close()
    assert person.complaints == [], person.complaints
