"""Sign-in in a pop-up window (`oauth-popup`)."""

from __future__ import annotations

import re

from tests.conformance.company import Company, returns
from tests.conformance.world import Browser, World


def _opens(popup: Browser, **more: str) -> str:
    query = {
        "provider": "company",
        "popupOrigin": popup.world.server.address,
        "popupNonce": "nonce of the page",
        "callbackURL": "/home",
        **more,
    }
    return str(popup.get("/oauth-popup/start", **query).headers.get("location", ""))


def signs_in(world: World, company: Company) -> None:
    employee, popup, page = company.employee(world), world.browser(), world.browser()
    for _ in range(2):
        back = employee.agrees(_opens(popup, newUserCallbackURL="/welcome"))
        shown = popup.request("GET", back, name="GET the callback").text
        token = re.findall('"token":"([^"]+)"', shown)[0]
        page.headers["Authorization"] = f"Bearer {token}"
        page.session()
    popup.session()


def refuses(world: World, company: Company) -> None:
    employee, popup = company.employee(world), world.browser()
    back = employee.refuses(_opens(popup))
    returns(popup, back)
    returns(popup, back)
    popup.session()


def signs_in_on_the_page_after_a_pop_up(world: World, company: Company) -> None:
    """The pop-up's page is sent only after a sign-in that began in a pop-up."""
    employee, browser = company.employee(world), world.browser()
    returns(browser, employee.agrees(_opens(browser)))
    asked = browser.post("/sign-in/social", provider="company", callbackURL="/home").json()["url"]
    returns(browser, employee.agrees(asked))


def opens_the_pop_up_with_invalid_parameters(world: World, company: Company) -> None:
    company.employee(world)
    popup = world.browser()
    for more in [
        {"popupOrigin": "https://evil.example"},
        {"popupOrigin": "null"},
        {"popupOrigin": "/"},
        {"popupOrigin": ""},
        {"provider": "unknown"},
        {"provider": ""},
        {"popupNonce": ""},
        {"popupNonce": "</script><script>alert(1)</script>"},
        {"callbackURL": "https://evil.example"},
        {"callbackURL": "//evil.example"},
        {"errorCallbackURL": "https://evil.example"},
        {"newUserCallbackURL": "https://evil.example"},
        {"additionalData": '{"link": {"userId": "x"}, "plan": "gold"}'},
        {"additionalData": "nonsense"},
        {"scopes": "openid,more"},
        {"requestSignUp": "true"},
    ]:
        _opens(popup, **more)
    popup.get("/oauth-popup/start")


def calls_back_in_another_browser(world: World, company: Company) -> None:
    employee, popup, victim = company.employee(world), world.browser(), world.browser("eve")
    back = employee.agrees(_opens(popup))
    returns(victim, back)
    _opens(victim)
    returns(victim, back)
    victim.session()
