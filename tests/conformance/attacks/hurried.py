"""Races: links, codes, tokens, invitations, slugs and a key's last use, used concurrently."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from tests.conformance.oauth_client import client_of
from tests.conformance.world import World


def redeems_a_one_time_token(world: World) -> None:
    token = world.signed_up().get("/one-time-token/generate").json()["token"]
    world.browser("eve").race("POST", "/one-time-token/verify", [{"token": token}] * 5)


def opens_a_magic_link(world: World) -> None:
    ada = world.browser()
    ada.post("/sign-in/magic-link", email=ada.email)
    query = parse_qs(urlsplit(ada.message("magic-link")).query)
    path = f"/magic-link/verify?token={query['token'][0]}"
    ada.race("GET", path, [{}] * 5, name="GET the link")


def signs_in_by_a_code(world: World) -> None:
    ada = world.signed_up()
    ada.post("/sign-out")
    ada.post("/email-otp/send-verification-otp", email=ada.email, type="sign-in")
    body = {"email": ada.email, "otp": ada.message("email-code")}
    ada.race("POST", "/sign-in/email-otp", [body] * 5)


def guesses_a_code(world: World) -> None:
    ada = world.signed_up()
    ada.post("/email-otp/send-verification-otp", email=ada.email, type="sign-in")
    code = ada.message("email-code")
    eve = world.browser("eve")
    guesses = [{"email": ada.email, "otp": f"x{guess}{code[2:]}"} for guess in range(8)]
    # How many concurrent requests are counted is random; those that follow exceed the limit.
    eve.race("POST", "/sign-in/email-otp", guesses, then=guesses[:4], winners=0)
    eve.post("/sign-in/email-otp", email=ada.email, otp=code)
    eve.post("/sign-in/email-otp", email=ada.email, otp=code)


def guesses_a_code_of_a_phone(world: World) -> None:
    number = f"+1555{world.tag}"
    eve = world.browser("eve")
    eve.post("/phone-number/send-otp", phoneNumber=number)
    code = world.message(number, "phone-code")
    guesses = [{"phoneNumber": number, "code": f"x{guess}{code[2:]}"} for guess in range(8)]
    eve.race("POST", "/phone-number/verify", guesses, then=guesses[:4], winners=0)
    eve.post("/phone-number/verify", phoneNumber=number, code=code)
    eve.post("/phone-number/verify", phoneNumber=number, code=code)


def accepts_an_invitation(world: World) -> None:
    ada, bob = world.signed_up(), world.signed_up("bob")
    ada.post("/organization/create", name="Engines", slug=f"engines-{world.tag}")
    invited = ada.post("/organization/invite-member", email=bob.email, role="member").json()
    body = {"invitationId": invited["id"]}
    bob.race("POST", "/organization/accept-invitation", [body] * 5)
    bob.post("/organization/reject-invitation", **body)


def takes_a_slug(world: World) -> None:
    ada = world.signed_up()
    body = {"name": "Engines", "slug": f"engines-{world.tag}"}
    ada.race("POST", "/organization/create", [body] * 4)


def polls_for_a_device(world: World) -> None:
    television, ada = world.browser("television"), world.signed_up()
    codes = television.post("/device/code", client_id="television").json()
    ada.get("/device", user_code=codes["user_code"])
    ada.post("/device/approve", userCode=codes["user_code"])
    body = {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": codes["device_code"],
        "client_id": "television",
    }
    television.race("POST", "/device/token", [body] * 4)


def redeems_a_code(world: World) -> None:
    client = client_of(world)
    code = client.gets_consent(client.asks())
    body = client.request_for(code)
    client.program().race("POST", "/oauth2/token", [body] * 4, forms=True)


def races_for_the_last_use_of_a_key(world: World) -> None:
    """A key is limited to ten requests a day."""
    key = world.signed_up().post("/api-key/create").json()["key"]
    program = world.browser("program")
    path = "/get-session"
    program.race("GET", path, [{}] * 14, headers={"x-api-key": key}, winners=10)
    program.request("GET", path, headers={"x-api-key": key})
