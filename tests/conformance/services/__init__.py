"""Stand-ins for external services, after their documentation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.conformance.internet import Internet, internets
from tests.conformance.services.google import CLIENT_ID, Google
from tests.conformance.services.pwned_passwords import PwnedPasswords
from tests.conformance.services.turnstile import SECRET_KEY, Turnstile
from tests.conformance.world import Browser, World

#: Settings that the auth configurations read.
SETTINGS = {
    "TURNSTILE_SECRET_KEY": SECRET_KEY,
    "CAPTCHA_SECRET_KEY": SECRET_KEY,
    "GOOGLE_CLIENT_ID": CLIENT_ID,
    "GOOGLE_CLIENT_SECRET": "unused",
    "CHECK_PASSWORDS": "1",
}


class Services:
    """The services that one server calls."""

    def __init__(self, internet: Internet) -> None:
        self.internet = internet
        self.turnstile, self.passwords, self.google = Turnstile(), PwnedPasswords(), Google()
        for service in (self.turnstile, self.passwords, self.google):
            internet.services[service.host] = service

    def visitor(self, world: World, name: str = "ada") -> Browser:
        """A browser that solves a captcha before each form."""
        browser = world.browser(name)

        def solve(request: httpx.Request) -> None:
            request.headers["x-captcha-response"] = self.solve(world)

        browser.http.event_hooks = {"request": [solve]}
        return browser

    def signed_up(self, world: World, name: str = "ada") -> Browser:
        browser = self.visitor(world, name)
        browser.sign_up()
        return browser

    def solve(self, world: World) -> str:
        """The token of a solved captcha."""
        token = self.turnstile.solve()
        world.form.replace(token, "solved")
        return token

    def compare_asked(self, world: World) -> None:
        """Adds the requests to the services since the last call to the comparison."""
        world.observe("what was asked", self.internet.take_asked())


@contextmanager
def services(folder: Path, count: int) -> Iterator[list[Services]]:
    """The same services for several servers."""
    hosts = [Turnstile.host, PwnedPasswords.host, Google.host]
    with internets(folder, hosts, count) as several:
        yield [Services(internet) for internet in several]
