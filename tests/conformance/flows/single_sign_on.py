"""SSO providers: register, read, update, sign in."""

from typing import Any

from tests.conformance.world import Browser, World

IDENTITY = "https://identity.example.com"


def _provider(browser: Browser, **more: Any) -> str:
    provider = f"{browser.name}-{browser.world.tag}"
    configuration = {
        "clientId": "client",
        "clientSecret": "secret of the client",
        "skipDiscovery": True,
        "authorizationEndpoint": f"{IDENTITY}/authorize",
        "tokenEndpoint": f"{IDENTITY}/token",
        "jwksEndpoint": f"{IDENTITY}/jwks",
    }
    body = {
        "providerId": provider,
        "issuer": IDENTITY,
        "domain": f"{browser.name}{browser.world.tag}.example.com",
        "oidcConfig": configuration,
        **more,
    }
    browser.post("/sso/register", **body)
    return provider


def registers_a_provider(world: World) -> None:
    ada = world.signed_up()
    provider = _provider(ada)
    ada.get("/sso/providers")
    ada.get("/sso/get-provider", providerId=provider)
    _provider(ada)


def registers_a_provider_of_an_organization(world: World) -> None:
    ada, eve = world.signed_up(), world.signed_up("eve")
    made = ada.post("/organization/create", name="Engines", slug=f"engines-{world.tag}").json()
    _provider(ada, organizationId=made["id"])
    _provider(eve, organizationId=made["id"])
    _provider(eve, organizationId="unknown")
    ada.get("/sso/providers")


def cannot_register_a_provider(world: World) -> None:
    ada = world.signed_up()
    _provider(ada, issuer="nonsense")
    _provider(ada, oidcConfig={})
    _provider(ada, oidcConfig={"clientId": "client", "skipDiscovery": True})
    _provider(ada, oidcConfig=None)
    _provider(ada, providerId="credential")
    ada.post("/sso/register")
    _provider(world.browser("nobody"))
    ada.get("/sso/providers")


def registers_a_provider_without_a_name(world: World) -> None:
    # It is unique, and both servers share the database.
    world.change('DELETE FROM "ssoProvider" WHERE "providerId" = $1', "")
    _provider(world.signed_up(), providerId="")
    _provider(world.signed_up("bob"), domain="")


def changes_a_provider(world: World) -> None:
    ada = world.signed_up()
    provider = _provider(ada)
    ada.post("/sso/update-provider", providerId=provider, domain=f"new{world.tag}.example.com")
    ada.post("/sso/update-provider", providerId=provider, oidcConfig={"clientId": "new client"})
    ada.post("/sso/update-provider", providerId=provider)
    ada.post("/sso/update-provider", providerId=provider, issuer="nonsense")
    ada.get("/sso/get-provider", providerId=provider)
    ada.post("/sso/delete-provider", providerId=provider)
    ada.post("/sso/delete-provider", providerId=provider)
    ada.get("/sso/get-provider", providerId=provider)


def cannot_access_a_provider_of_another_user(world: World) -> None:
    ada, eve, signed_out = world.signed_up(), world.signed_up("eve"), world.browser("nobody")
    for provider in (_provider(ada), "unknown"):
        for caller in (eve, signed_out):
            caller.get("/sso/get-provider", providerId=provider)
            caller.post("/sso/update-provider", providerId=provider, domain="evil.example")
            caller.post("/sso/delete-provider", providerId=provider)
            caller.post("/sso/request-domain-verification", providerId=provider)
            caller.post("/sso/verify-domain", providerId=provider)
            caller.get("/sso/providers")


def signs_in_with_a_provider(world: World) -> None:
    ada, visitor = world.signed_up(), world.browser("visitor")
    provider = _provider(ada)
    email = f"x@ada{world.tag}.example.com"
    for body in [
        {"providerId": provider},
        {"email": email},
        {"email": "x@unknown.example.com"},
        {"domain": f"ada{world.tag}.example.com"},
        {"providerId": "unknown"},
        {"organizationSlug": "unknown"},
        {},
    ]:
        visitor.post("/sign-in/sso", callbackURL="/home", **body)
    visitor.post("/sign-in/sso", providerId=provider)
    visitor.post("/sign-in/sso", providerId=provider, callbackURL="https://evil.example")
    visitor.post("/sign-in/social", provider=provider, callbackURL="/home")


def sends_an_invalid_callback(world: World) -> None:
    ada, visitor = world.signed_up(), world.browser("visitor")
    provider = _provider(ada)
    for name in (provider, "unknown"):
        visitor.get(f"/sso/callback/{name}", code="code", state="state")
        visitor.get(f"/sso/callback/{name}", error="access_denied", state="state")
        visitor.get(f"/sso/callback/{name}")
    visitor.get("/sso/callback", code="code", state="state")
    visitor.session()


def verifies_a_domain(world: World) -> None:
    ada = world.signed_up()
    provider = _provider(ada)
    ada.post("/sso/request-domain-verification", providerId=provider)
    ada.post("/sso/request-domain-verification", providerId=provider)
    ada.post("/sso/request-domain-verification")
    ada.post("/sso/verify-domain")
