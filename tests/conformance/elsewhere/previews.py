"""Sign-in at a preview deployment, whose URL the provider does not know (`oauth-proxy`).

Preview and production are the same server under its two names.
"""

from __future__ import annotations

from tests.conformance.company import Company, asks, changed, parameter, returns
from tests.conformance.world import Browser, World


def _preview(world: World, name: str = "ada") -> Browser:
    browser = world.browser(name)
    address = world.server.address.replace("127.0.0.1", "localhost")
    world.form.replace(address, "preview")
    browser.http.base_url = f"{address}/api/auth"
    browser.headers["Origin"] = address
    return browser


def signs_in(world: World, company: Company) -> None:
    employee = company.employee(world)
    for visitor in (_preview(world), _preview(world)):
        back = employee.agrees(asks(visitor, newUserCallbackURL="/welcome"))
        returns(visitor, returns(visitor, back))
        visitor.session()
        visitor.get("/list-accounts")


def links_an_account(world: World, company: Company) -> None:
    employee, visitor = company.employee(world, verified=True), _preview(world)
    visitor.sign_up()
    link = visitor.post("/link-social", provider="company", callbackURL="/settings")
    returns(visitor, returns(visitor, employee.agrees(link.json()["url"])))
    visitor.get("/list-accounts")


def refuses(world: World, company: Company) -> None:
    employee, visitor = company.employee(world), _preview(world)
    returns(visitor, employee.refuses(asks(visitor)))
    visitor.session()


def repeats_the_callback(world: World, company: Company) -> None:
    employee, visitor, thief = company.employee(world), _preview(world), _preview(world, "eve")
    back = employee.agrees(asks(visitor))
    page = returns(visitor, back)
    returns(visitor, page)
    returns(thief, page)
    returns(thief, back)
    thief.session()


def calls_back_with_other_parameters(world: World, company: Company) -> None:
    employee, visitor = company.employee(world), _preview(world)
    back = employee.agrees(asks(visitor))
    page = returns(visitor, back)
    returns(visitor, changed(back, state="nonsense"))
    returns(visitor, changed(page, profile="nonsense"))
    returns(visitor, changed(page, profile=None))
    returns(visitor, changed(page, profile=parameter(back, "state")))
    returns(visitor, changed(page, callbackURL="https://evil.example"))
    returns(visitor, changed(page, callbackURL="//evil.example"))
    returns(visitor, page.replace("/callback/company/", "/callback/unknown/"))
    visitor.session()


def requests_untrusted_redirects(world: World, company: Company) -> None:
    company.employee(world)
    visitor = _preview(world)
    for address in ["https://evil.example/", "//evil.example/", f"{world.server.address}/home"]:
        visitor.post("/sign-in/social", provider="company", callbackURL=address)
    visitor.headers["Host"] = "evil.example"
    visitor.post("/sign-in/social", provider="company", callbackURL="/home")


def skips_the_oauth_proxy(world: World, company: Company) -> None:
    company.employee(world)
    _preview(world).request(
        "POST",
        "/sign-in/social",
        json={"provider": "company", "callbackURL": "/home"},
        headers={"x-skip-oauth-proxy": "true"},
    )
