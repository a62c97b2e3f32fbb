"""A user of the pages, driven by Playwright."""

from __future__ import annotations

import json
import re
import secrets
from functools import cache
from typing import Any

from playwright.sync_api import ConsoleMessage, Locator, Page

from hooks import node
from tests.browser.sites import Site

#: axe-core, which checks pages against WCAG.
AXE = {"axe-core": "4.14.1"}


@cache
def axe() -> str:
    folder = node.install(AXE)
    return (folder / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


def barriers(page: Page, rule: str = "") -> list[str]:
    """The violations that axe finds on a page, by all rules or one."""
    if page.evaluate("typeof axe") == "undefined":
        # Trusted Types refuse the script tag that axe would add; the debugger may evaluate.
        page.evaluate(axe())
    options = {"runOnly": [rule]} if rule else {}
    found: Any = page.evaluate("options => axe.run(options)", options)
    return [json.dumps(one, indent=1)[:2000] for one in found["violations"]]


def add_authenticator(page: Page) -> None:
    """Adds a virtual authenticator for passkeys, whose user is always present."""
    debugger = page.context.new_cdp_session(page)
    debugger.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    debugger.send("WebAuthn.addVirtualAuthenticator", {"options": options})


class Person:
    """A user with an address and a password, and their page."""

    def __init__(self, site: Site, page: Page) -> None:
        self.site, self.page = site, page
        self.email = f"{secrets.token_hex(6)}@example.com"
        self.password = secrets.token_urlsafe(12)
        #: Errors in the browser's console.
        self.complaints: list[str] = []
        #: Expected error statuses, which Chromium reports in its console.
        self.expected: set[int] = set()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        status = re.search(r"responded with a status of (\d+)", message.text)
        if status and int(status[1]) in self.expected:
            return
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.text} {message.location['url']}")

    def open(self, page: str) -> None:
        self.page.goto(self.site.url(page))
        self.page.wait_for_selector("html[data-ready]")

    def fill(self, place: Locator | None = None, **fields: str) -> None:
        """Fills the inputs with these names."""
        for name, text in fields.items():
            (place or self.page).locator(f"input[name={name}]:visible").fill(text)

    def press(self, name: str, place: Locator | None = None) -> None:
        (place or self.page).get_by_role("button", name=name, exact=True).click()

    def panel(self, title: str) -> Locator:
        """The card with this heading."""
        heading = self.page.get_by_role("heading", name=title)
        return self.page.locator("section").filter(has=heading)

    def way(self, title: str) -> Locator:
        """Opens another sign-in method."""
        self.page.locator("summary", has_text=title).click()
        return self.page.locator("details[open]")

    def sees(self, text: str, place: Locator | None = None) -> None:
        (place or self.page).get_by_text(text).filter(visible=True).first.wait_for()

    def at(self, page: str) -> None:
        """Waits until a page is open and ready."""
        self.page.wait_for_url(re.compile(rf"/auth/{page}(\?|$)"))
        self.page.wait_for_selector("html[data-ready]")

    def sign_up_on_the_page(self, **more: str) -> None:
        self.open("sign-up")
        self.fill(None, name="Ada", email=self.email, password=self.password, **more)
        self.press("Sign up")
        self.at_account()

    def sign_up(self) -> None:
        """Signs up over HTTP, for tests of other pages."""
        body = {
            "name": "Ada",
            "email": self.email,
            "password": self.password,
            "callbackURL": "/auth/account",
        }
        headers = {"Origin": self.site.address}
        url = f"{self.site.address}/api/auth/sign-up/email"
        answer = self.page.request.post(url, data=body, headers=headers)
        assert answer.ok, answer.text()
        self.open("account")
        self.at_account()

    def at_account(self) -> None:
        self.at("account")
        self.sees("Hello, ")
        self.sees("this one")

    def sign_out(self) -> None:
        self.press("Sign out", self.page.locator(".bar"))
        self.at("sign-in")

    def sign_in(self) -> None:
        self.open("sign-in")
        self.type_password()

    def type_password(self) -> None:
        self.fill(self.page.locator("form").first, email=self.email, password=self.password)
        self.press("Sign in", self.page.locator("form").first)

    def message(self, about: str, to: str = "") -> str:
        """The latest message with that subject."""
        return self.site.message(to or self.email, about)

    def barriers(self, rule: str = "") -> list[str]:
        """The violations that axe finds on the page."""
        return barriers(self.page, rule)
