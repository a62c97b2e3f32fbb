"""Sign-in with the identity provider of a customer (`sso`)."""

from __future__ import annotations

from typing import Any

from tests.conformance.company import SCOPES, Company, Employee, changed, register, returns
from tests.conformance.world import Browser, World


def _address(world: World, name: str = "ada") -> str:
    """An email address in the customer's domain."""
    return f"{name}@customer{world.tag}.example.com"


def _boss(world: World, company: Company) -> tuple[Browser, Employee]:
    """The customer's admin, as a browser here and as an employee there."""
    email = _address(world, "boss")
    return world.signed_up("boss"), company.employee(world, "boss", email=email)


def _provider(
    world: World, company: Company, owner: Browser, boss: Employee, *, verified: bool, **more: Any
) -> str:
    """Registers the company as the SSO provider of its domain."""
    provider = f"customer-{world.tag}"
    client = register(boss, company.server, f"/api/auth/sso/callback/{provider}")
    world.form.replace(client["client_id"], "customer-id")
    world.form.replace(client["client_secret"], "customer-secret")
    configuration = {
        "clientId": client["client_id"],
        "clientSecret": client["client_secret"],
        "scopes": SCOPES.split(),
    }
    owner.post(
        "/sso/register",
        providerId=provider,
        issuer=f"{company.server.address}/api/auth",
        domain=_address(world, "").removeprefix("@"),
        oidcConfig=configuration,
        **more,
    )
    if verified:  # in place of a DNS record
        world.change(
            'UPDATE "ssoProvider" SET "domainVerified" = true WHERE "providerId" = $1', provider
        )
    return provider


def _asks(visitor: Browser, provider: str, **more: Any) -> str:
    pages = {"callbackURL": "/home", "errorCallbackURL": "/failed", **more}
    return str(visitor.post("/sign-in/sso", providerId=provider, **pages).json().get("url"))


def signs_in(world: World, company: Company) -> None:
    owner, boss = _boss(world, company)
    provider = _provider(world, company, owner, boss, verified=True)
    employee = company.employee(world, email=_address(world))
    for visitor in (world.browser(), world.browser()):
        back = employee.agrees(_asks(visitor, provider, newUserCallbackURL="/welcome"))
        returns(visitor, back)
        visitor.session()
        visitor.get("/list-accounts")


def signs_in_before_the_domain_is_verified(world: World, company: Company) -> None:
    owner, boss = _boss(world, company)
    provider = _provider(world, company, owner, boss, verified=False)
    world.browser().post("/sign-in/sso", providerId=provider, callbackURL="/home")


def joins_the_organization(world: World, company: Company) -> None:
    owner, boss = _boss(world, company)
    made = owner.post("/organization/create", name="Engines", slug=f"engines-{world.tag}").json()
    provider = _provider(world, company, owner, boss, verified=True, organizationId=made["id"])
    employee, visitor = company.employee(world, email=_address(world)), world.browser()
    returns(visitor, employee.agrees(_asks(visitor, provider)))
    visitor.session()
    visitor.get("/organization/list")
    owner.get("/organization/list-members", organizationId=made["id"])
    visitor.post("/sign-in/sso", organizationSlug=f"engines-{world.tag}", callbackURL="/home")


def has_a_password_account_with_the_same_address(world: World, company: Company) -> None:
    owner, boss = _boss(world, company)
    provider = _provider(world, company, owner, boss, verified=True)
    ada = world.browser()
    ada.email = _address(world)
    ada.sign_up()
    employee = company.employee(world, email=_address(world))
    for verify in (False, True):
        if verify:
            employee.verifies()
            world.change(
                'UPDATE "user" SET "emailVerified" = true WHERE email = $1', employee.email
            )
        visitor = world.browser()
        returns(visitor, employee.agrees(_asks(visitor, provider)))
        visitor.session()


def refuses(world: World, company: Company) -> None:
    owner, boss = _boss(world, company)
    provider = _provider(world, company, owner, boss, verified=True)
    visitor = world.browser()
    back = boss.refuses(_asks(visitor, provider))
    returns(visitor, back)
    returns(visitor, back)
    visitor.session()


def sends_an_invalid_callback(world: World, company: Company) -> None:
    owner, boss = _boss(world, company)
    provider = _provider(world, company, owner, boss, verified=True)
    employee, visitor, victim = (
        company.employee(world, email=_address(world)),
        world.browser(),
        world.browser("eve"),
    )
    back = employee.agrees(_asks(visitor, provider))
    returns(victim, back)
    victim.session()
    returns(visitor, changed(back, state="nonsense"))
    returns(visitor, changed(back, state=None))
    returns(visitor, back.replace(f"/callback/{provider}", "/callback/unknown"))
    returns(visitor, back)
    returns(visitor, back)
    for other in ({"code": "nonsense"}, {"code": None}, {"iss": "https://evil.example"}):
        visitor = world.browser()
        returns(visitor, changed(employee.agrees(_asks(visitor, provider)), **other))
        visitor.session()


def requests_untrusted_redirects(world: World, company: Company) -> None:
    owner, boss = _boss(world, company)
    provider = _provider(world, company, owner, boss, verified=True)
    for page in ["callbackURL", "errorCallbackURL", "newUserCallbackURL"]:
        for address in ["https://evil.example/", "//evil.example/"]:
            body = {"providerId": provider, "callbackURL": "/home", page: address}
            world.browser().post("/sign-in/sso", **body)
