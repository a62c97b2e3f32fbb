"""Forms that take a solved captcha (`captcha`, Cloudflare Turnstile)."""

from __future__ import annotations

from tests.conformance.internet import Answer
from tests.conformance.services import Services
from tests.conformance.world import PASSWORD, Browser, World


def _sends_each_form(browser: Browser, token: str | None) -> None:
    headers = {} if token is None else {"X-Captcha-Response": token}
    credentials = {"email": browser.email, "password": PASSWORD}
    for path, body in (
        ("/sign-up/email", {"name": browser.name, **credentials}),
        ("/sign-in/email", credentials),
        ("/request-password-reset", {"email": browser.email, "redirectTo": "/new"}),
    ):
        browser.request("POST", path, json=body, headers=headers)


def solves_the_captcha(world: World, services: Services) -> None:
    ada = services.visitor(world)
    ada.address = "203.0.113.7"
    ada.sign_up()
    ada.post("/sign-out")
    ada.sign_in()
    ada.session()
    ada.post("/request-password-reset", email=ada.email, redirectTo="/new")
    services.compare_asked(world)


def sends_no_captcha_token(world: World, services: Services) -> None:
    ada = world.browser()
    for token in (None, "", "nonsense", "x" * 3000):
        _sends_each_form(ada, token)
    ada.session()
    services.compare_asked(world)


def uses_one_captcha_token_for_two_forms(world: World, services: Services) -> None:
    ada = world.browser()
    _sends_each_form(ada, services.solve(world))
    ada.session()
    services.compare_asked(world)


def uses_one_captcha_token_concurrently(world: World, services: Services) -> None:
    ada = services.signed_up(world)
    ada.post("/sign-out")
    thief = world.browser()
    bodies = [{"email": ada.email, "password": PASSWORD}] * 6
    solved = {"X-Captcha-Response": services.solve(world)}
    thief.race("POST", "/sign-in/email", bodies, headers=solved)


def sends_the_form_to_variants_of_its_path(world: World, services: Services) -> None:
    ada = services.signed_up(world)
    services.compare_asked(world)
    body = {"email": ada.email, "password": PASSWORD}
    for path in (
        "//sign-in/email",
        "/sign-in//email",
        "/sign-in/email/",
        "/sign-in/email//",
        "/./sign-in/email",
        "/x/../sign-in/email",
        "/sign-in/email?",
        "/sign-in/email%20",
        "/sign-in%2Femail",
        "/%73ign-in/email",
        "/SIGN-IN/EMAIL",
        "/sign-in/email;x",
        "/sign-in/email%00",
    ):
        url = f"{world.server.address}/api/auth{path}"
        thief = world.browser()
        thief.request("POST", url, name=f"POST {path}", json=body)
        thief.session()
    services.compare_asked(world)


def sends_forms_that_need_no_captcha(world: World, services: Services) -> None:
    """Other routes ignore the captcha header."""
    ada = services.signed_up(world)
    services.compare_asked(world)
    link = world.browser()
    ada.post("/request-password-reset", email=ada.email, redirectTo="/new")
    services.compare_asked(world)
    token = ada.message("reset-password").rpartition("/reset-password/")[2].partition("?")[0]
    link.post("/reset-password", token=token, newPassword="another long password")
    link.post("/sign-in/username", username="ada", password=PASSWORD)
    link.post("/sign-in/magic-link", email=ada.email)
    link.request("GET", "/get-session", headers={"X-Captcha-Response": "nonsense"})
    services.compare_asked(world)


def sends_forms_from_several_addresses(world: World, services: Services) -> None:
    """The service gets the caller's address, if it is known."""
    # Both servers count requests by address in the same table.
    tag = world.tag
    rest = f"{tag[:2]}.{tag[2:4].lstrip('0') or 0}.{tag[4:6].lstrip('0') or 0}"
    addresses = [f"{first}.{rest}" for first in (101, 102, 103, 104)]
    network = f"2001:0db8:1{tag[:3]}:1{tag[3:6]}"
    for number, address in enumerate(addresses):
        world.form.replace(address, f"address {number}")
    # better-auth replaces an IPv6 address by its network, written in full.
    world.form.replace(f"{network}:0000:0000:0000:0000", "network")
    for index, forwarded in enumerate(
        (
            addresses[0],
            f"10.0.0.1, {addresses[1]}",
            f"{addresses[2]}, 127.0.0.1",
            f"::ffff:{addresses[3]}",
            f"{network}:1:2:3:4",
            "nonsense",
        )
    ):
        visitor = services.visitor(world, f"eve{index}")
        visitor.headers["X-Forwarded-For"] = forwarded
        visitor.sign_in()
        services.compare_asked(world)


def sends_invalid_captcha_tokens(world: World, services: Services) -> None:
    ada = world.browser()
    solved = services.solve(world)
    for value in ("é", '"}', "a, b", f"{solved}, {solved}", "0"):
        ada.request(
            "POST",
            "/sign-in/email",
            json={"email": ada.email, "password": PASSWORD},
            headers=[(b"X-Captcha-Response", value.encode()), (b"Origin", _origin(world))],
        )
        services.compare_asked(world)


def _origin(world: World) -> bytes:
    return world.server.address.encode()


def gets_no_response_from_the_service(world: World, services: Services) -> None:
    ada = services.visitor(world)
    for answer in (
        None,
        Answer("", 500, "text/html"),
        Answer({"success": True}, 503),
        Answer({"success": True}, 302),
    ):
        with services.internet.answers(services.turnstile, answer):
            ada.sign_up()
            ada.sign_in()
    ada.session()
    ada.sign_up()


def gets_malformed_responses_from_the_service(world: World, services: Services) -> None:
    """Only `success: true` is accepted."""
    ada = services.signed_up(world)
    ada.post("/sign-out")
    for answer in (
        Answer("", 200, "text/plain"),
        Answer("", 200),
        Answer("<html>", 200, "text/html"),
        Answer("true", 200, "text/plain"),
        Answer('{"success": tru', 200),
        Answer(None),
        Answer([]),
        Answer([{"success": True}]),
        Answer("[true]"),
        Answer('"yes"'),
        Answer(1),
        Answer({}),
        Answer({"success": None}),
        Answer({"success": False, "error-codes": ["internal-error"]}),
        Answer({"success": False, "error-codes": None}),
        Answer({"success": 0}),
        Answer({"success": ""}),
        Answer({"Success": True}),
    ):
        with services.internet.answers(services.turnstile, answer):
            ada.sign_in()
            ada.session()
    ada.sign_in()
