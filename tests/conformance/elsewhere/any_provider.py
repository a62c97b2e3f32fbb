"""Sign-in with a configured OAuth provider (`generic-oauth`)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from tests.conformance.company import Company, asks, changed, parameter, returns
from tests.conformance.world import World


def signs_in_for_the_first_time(world: World, company: Company) -> None:
    employee, visitor = company.employee(world), world.browser()
    returns(visitor, employee.agrees(asks(visitor, newUserCallbackURL="/welcome")))
    visitor.session()
    visitor.get("/list-accounts")


def signs_in_again(world: World, company: Company) -> None:
    employee = company.employee(world, verified=True)
    for browser in (world.browser(), world.browser()):
        returns(browser, employee.agrees(asks(browser, newUserCallbackURL="/welcome")))
        browser.session()
        browser.get("/list-accounts")


def has_a_password_account_with_the_same_address(world: World, company: Company) -> None:
    """An account is not linked until its address is verified on both sides."""
    world.signed_up()
    employee = company.employee(world)
    for verify_here, verify_there in ((False, False), (False, True), (True, False)):
        if verify_here:
            world.change(
                'UPDATE "user" SET "emailVerified" = true WHERE email = $1', employee.email
            )
        if verify_there:
            employee.verifies()
        visitor = world.browser()
        returns(visitor, employee.agrees(asks(visitor)))
        visitor.session()
        visitor.get("/list-accounts")


def links_an_account(world: World, company: Company) -> None:
    ada, employee = world.signed_up(), company.employee(world, verified=True)
    for _ in range(2):
        link = ada.post("/link-social", provider="company", callbackURL="/settings")
        returns(ada, employee.agrees(link.json()["url"]))
        ada.get("/list-accounts")
    ada.post("/unlink-account", providerId="company")
    ada.get("/list-accounts")


def links_an_account_that_is_not_theirs(world: World, company: Company) -> None:
    ada, eve = world.signed_up(), world.signed_up("eve")
    employee, mallory = company.employee(world), company.employee(world, "mallory", verified=True)
    pages = {"callbackURL": "/settings", "errorCallbackURL": "/failed"}
    for browser, person in ((ada, employee), (ada, mallory)):
        link = browser.post("/link-social", provider="company", **pages)
        returns(browser, person.agrees(link.json()["url"]))
    visitor = world.browser("mallory")
    returns(visitor, mallory.agrees(asks(visitor)))
    link = eve.post("/link-social", provider="company", **pages)
    returns(eve, mallory.agrees(link.json()["url"]))
    eve.get("/list-accounts")
    world.browser("nobody").post("/link-social", provider="company")


def calls_the_provider_with_its_tokens(world: World, company: Company) -> None:
    """Uses the access and refresh tokens of the provider."""
    employee, ada = company.employee(world), world.browser()
    returns(ada, employee.agrees(asks(ada)))
    account = ada.get("/list-accounts").json()[0]["id"]
    ada.post("/get-access-token", accountId=account)
    ada.post("/refresh-token", accountId=account)
    ada.post("/get-access-token", accountId=account)
    ada.get("/account-info", accountId=account)
    world.change(
        """UPDATE account SET "accessTokenExpiresAt" = now() AT TIME ZONE 'UTC' WHERE id = $1""",
        account,
    )
    ada.post("/get-access-token", accountId=account)
    for caller in (world.signed_up("eve"), world.browser("nobody")):
        caller.post("/get-access-token", accountId=account)
        caller.post("/refresh-token", accountId=account)
        caller.get("/account-info", accountId=account)


def signs_in_with_an_id_token(world: World, company: Company) -> None:
    """As mobile applications do, with a token that was issued to this application."""
    employee, ada = company.employee(world, verified=True), world.browser()
    returns(ada, employee.agrees(asks(ada)))
    account = ada.get("/list-accounts").json()[0]["id"]
    token = ada.post("/get-access-token", accountId=account).json()["idToken"]
    head, claims, signature = token.split(".")
    phone = world.browser("phone")
    for brought in (token, f"{head}.{claims}.{signature[::-1]}", f"{head}.{claims}.", "nonsense"):
        phone.post("/sign-in/social", provider="company", idToken={"token": brought})
    phone.post("/sign-in/social", provider="company", idToken={"token": token, "nonce": "wrong"})
    phone.session()


def refuses(world: World, company: Company) -> None:
    employee, visitor = company.employee(world), world.browser()
    back = employee.refuses(asks(visitor))
    returns(visitor, back)
    returns(visitor, back)
    visitor.session()
    employee, visitor = company.employee(world, "bob"), world.browser("bob")
    returns(visitor, employee.refuses(asks(visitor, errorCallbackURL=None)))


def repeats_the_callback(world: World, company: Company) -> None:
    employee, visitor = company.employee(world), world.browser()
    back = employee.agrees(asks(visitor))
    for _ in range(2):
        returns(visitor, back)
    visitor.post("/sign-out")
    returns(visitor, back)
    visitor.session()


def sends_the_code_of_another_sign_in(world: World, company: Company) -> None:
    """PKCE binds a code to the browser that requested it, and the nonce the ID token."""
    employee, visitor, victim = company.employee(world), world.browser(), world.browser("eve")
    stolen = employee.agrees(asks(visitor))
    mine = employee.agrees(asks(victim))
    returns(victim, changed(mine, code=parameter(stolen, "code")))
    victim.session()


def calls_back_in_another_browser(world: World, company: Company) -> None:
    """A victim's browser does not get the attacker's session (login CSRF)."""
    employee, attacker, victim = company.employee(world), world.browser(), world.browser("eve")
    back = employee.agrees(asks(attacker))
    returns(victim, back)
    victim.session()
    asks(victim)
    returns(victim, back)
    victim.session()


def calls_back_with_other_parameters(world: World, company: Company) -> None:
    employee = company.employee(world)
    others: list[dict[str, str | None]] = [
        {"state": "nonsense"},
        {"state": None},
        {"state": ""},
        {"code": "nonsense"},
        {"code": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"error": "access_denied", "error_description": "<script>alert(1)</script>"},
    ]
    for other in others:
        visitor = world.browser()
        returns(visitor, changed(employee.agrees(asks(visitor)), **other))
        visitor.session()


def calls_back_with_an_expired_state(world: World, company: Company) -> None:
    employee, visitor = company.employee(world), world.browser()
    back = employee.agrees(asks(visitor))
    world.change(
        """UPDATE verification SET "expiresAt" = now() AT TIME ZONE 'UTC' - interval '1 s',
        value = jsonb_set(value::jsonb, '{expiresAt}', '1000000000000')::text
        WHERE value LIKE '%codeVerifier%' AND identifier LIKE $1""",
        "%" + parameter(back, "state"),
    )
    returns(visitor, back)
    visitor.session()


def calls_back_by_form_post(world: World, company: Company) -> None:
    employee, visitor = company.employee(world), world.browser()
    back = employee.agrees(asks(visitor))
    address, _, query = back.partition("?")
    sent = visitor.request(
        "POST",
        address,
        name="POST the callback",
        content=query,
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": company.server.address,
        },
    )
    returns(visitor, sent.headers.get("location", address))
    visitor.session()


def calls_back_for_another_provider(world: World, company: Company) -> None:
    employee, visitor = company.employee(world), world.browser()
    back = employee.agrees(asks(visitor))
    returns(visitor, back.replace("/callback/company", "/callback/unknown"))
    visitor.session()


def requests_untrusted_redirects(world: World, company: Company) -> None:
    visitor = world.browser()
    company.employee(world)
    for page in ["callbackURL", "errorCallbackURL", "newUserCallbackURL"]:
        for address in [
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example",
            "javascript:alert(1)",
            f"{world.server.address}@evil.example/",
            f"{world.server.address}.evil.example/",
            f"{company.server.address}/welcome",
        ]:
            body = {"provider": "company", "callbackURL": "/home", page: address}
            visitor.post("/sign-in/social", **body)


def sends_further_sign_in_parameters(world: World, company: Company) -> None:
    visitor = world.browser()
    company.employee(world)
    more: list[dict[str, Any]] = [
        {"scopes": ["more"]},
        {"loginHint": "ada@example.com"},
        {"disableRedirect": True},
        {"requestSignUp": True},
        {"additionalParams": {"ui_locales": "de"}},
        {"additionalParams": {"redirect_uri": "https://evil.example"}},
        {"additionalParams": {"state": "mine"}},
        {"additionalData": {"plan": "gold", "link": {"userId": "x", "email": "x"}}},
        {"additionalData": {"callbackURL": "https://evil.example", "codeVerifier": "mine"}},
        {"callbackURL": None},
        {"provider": "unknown"},
    ]
    for each in more:
        visitor.post("/sign-in/social", **{"provider": "company", "callbackURL": "/home", **each})


def uses_a_state_as_a_verification_token(world: World, company: Company) -> None:
    """A state is stored in `verification` too, but verifies no address."""
    ada, visitor = world.signed_up(), world.browser("eve")
    company.employee(world, "eve")
    data = {"email": ada.email, "name": "Ada", "type": "magic-link", "userId": ada.user_id}
    state = parameter(asks(visitor, additionalData=data), "state")
    for path in ["/magic-link/verify", "/verify-email", "/delete-user/callback"]:
        visitor.request("GET", f"{path}?{urlencode({'token': state})}", name=f"GET {path}")
        visitor.session()
    visitor.post("/reset-password", token=state, newPassword="another battery")
    visitor.post("/one-time-token/verify", token=state)
    visitor.post("/phone-number/verify", phoneNumber=state, code='{"callbackURL"')
    visitor.session()


def uses_a_verification_token_as_a_state(world: World, company: Company) -> None:
    eve = world.browser("eve")
    company.employee(world, "eve")
    eve.post("/sign-in/magic-link", email=eve.email, name="Eve")
    token = eve.message("magic-link").partition("token=")[2].partition("&")[0]
    asks(eve)
    returns(eve, f"/callback/company?{urlencode({'state': token, 'code': 'code'})}")
    eve.session()
