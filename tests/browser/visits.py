"""People at browsers of their own, with a picture of the page where a test failed."""

from __future__ import annotations

import secrets
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser

from tests.browser.person import HTML, Look, Person
from tests.browser.sites import Site

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


@contextmanager
def visiting(
    test: pytest.Item, chromium: Browser, site: Site, look: Look = HTML
) -> Iterator[Person]:
    """Somebody at a browser of their own; nothing may go wrong in its console."""
    context = chromium.new_context(
        # Rate limits count each person.
        extra_http_headers={
            "X-Forwarded-For": f"10.{'.'.join(str(b) for b in secrets.token_bytes(3))}"
        },
        permissions=["clipboard-read", "clipboard-write"],
    )
    context.set_default_timeout(10_000)
    person = Person(site, context.new_page(), look)
    yield person
    if test.stash.get(FAILED, False):
        picture = site.project.parent / f"{test.name}.png"
        person.page.screenshot(path=picture, full_page=True)
        print(f"The page as it was: {picture}")
    context.close()
    assert person.complaints == []
