"""A user of the pages, driven by Playwright."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from playwright.sync_api import ConsoleMessage, Error, Locator, Page

from hooks import node
from tests.browser.sites import Site
from tests.waiting import TIMEOUT

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


@dataclass(frozen=True)
class Look:
    """Where pages of the same words differ."""

    #: In JavaScript: whether the page's own script has started.
    is_ready: str
    #: Text of the account page.
    account: str
    #: Where the button is that signs out, and the page that follows.
    sign_out: str
    signed_out: str


HTML = Look(
    is_ready="'ready' in document.documentElement.dataset",
    account="Hello, ",
    sign_out=".bar",
    signed_out="/auth/sign-in",
)
NEXTJS = Look(
    # React marks the elements that it has taken over.
    is_ready="""[document.querySelector("main"), ...document.querySelectorAll("form, button")]
        .every((one) => one && Object.keys(one).some((key) => key.startsWith("__reactProps")))""",
    account="Sessions",
    sign_out="main",
    signed_out="/",
)


def random_address() -> str:
    """A private IP address at random."""
    return f"10.{'.'.join(str(byte) for byte in secrets.token_bytes(3))}"


class Person:
    """A user with an address and a password, and their page."""

    def __init__(self, site: Site, page: Page, look: Look = HTML) -> None:
        self.site, self.page, self.look = site, page, look
        self.email = f"{secrets.token_hex(6)}@example.com"
        self.password = secrets.token_urlsafe(12)
        #: Errors in the browser's console.
        self.complaints: list[str] = []
        #: Expected error statuses, which Chromium reports in its console.
        self.expected: set[int] = set()
        page.on("console", self._record)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _record(self, message: ConsoleMessage) -> None:
        status = re.search(r"responded with a status of (\d+)", message.text)
        if status and int(status[1]) in self.expected:
            return
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.text} {message.location['url']}")

    def open(self, page: str) -> None:
        self.page.goto(self.site.url(page))
        self._wait_for_scripts()

    def _wait_for_scripts(self) -> None:
        self.waits_for(self._has_scripts, "The page's script did not start.")

    def waits_for(self, find: Callable[[], object], failure: str) -> None:
        """Polls while the browser's events are handled, until the result is true."""
        deadline = time.monotonic() + TIMEOUT
        while not find():
            assert time.monotonic() < deadline, failure
            self.page.wait_for_timeout(20)

    def _has_scripts(self) -> bool:
        # `wait_for_function` evaluates texts later, which the pages' policy forbids.
        try:
            return bool(self.page.evaluate(self.look.is_ready))
        except Error:  # while the next page comes
            return False

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
        self._wait_for_scripts()

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
        self.sees(self.look.account)
        self.sees("this one")

    def sign_out(self) -> None:
        self.press("Sign out", self.page.locator(self.look.sign_out))
        self.page.wait_for_url(self.site.address + self.look.signed_out)
        self._wait_for_scripts()

    def sign_in(self) -> None:
        self.open("sign-in")
        self.type_password()

    def type_password(self) -> None:
        self.fill(self.page.locator("form").first, email=self.email, password=self.password)
        self.press("Sign in", self.page.locator("form").first)

    def message(self, subject: str, to: str = "") -> str:
        """The link or code of a message to the person."""
        return self.site.message(to or self.email, subject)

    def barriers(self, rule: str = "") -> list[str]:
        """The violations that axe finds on the page."""
        return barriers(self.page, rule)
