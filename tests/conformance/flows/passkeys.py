"""Passkeys, with a software authenticator."""

from typing import Any

from tests.conformance.world import Browser, World
from tests.project.typescript_flows.authenticator import Authenticator


def _registered(browser: Browser, **more: Any) -> Authenticator:
    """Registers a passkey for a signed-in user."""
    passkey = Authenticator(browser.world.server.address)
    options = browser.get("/passkey/generate-register-options").json()
    answer = passkey.register(options)
    browser.post("/passkey/verify-registration", response=answer, **more)
    return passkey


def _shows(browser: Browser, passkey: Authenticator) -> dict[str, Any]:
    """The authentication response of a passkey."""
    options = browser.get("/passkey/generate-authenticate-options").json()
    options.setdefault("rpId", "127.0.0.1")
    answer = passkey.authenticate(options)
    browser.post("/passkey/verify-authentication", response=answer)
    return answer


def registers_a_passkey(world: World) -> None:
    ada = world.signed_up()
    _registered(ada, name="Key ring")
    ada.get("/passkey/list-user-passkeys")
    ada.get("/passkey/generate-register-options", name="Second")
    ada.get("/passkey/generate-register-options", authenticatorAttachment="platform")
    ada.get("/passkey/generate-register-options", authenticatorAttachment="nonsense")
    ada.get("/passkey/generate-authenticate-options")


def signs_in_with_a_passkey(world: World) -> None:
    ada = world.signed_up()
    passkey = _registered(ada)
    ada.post("/sign-out")
    _shows(ada, passkey)
    ada.session()
    ada.post("/sign-out")
    _shows(ada, passkey)


def replays_a_passkey_response(world: World) -> None:
    ada = world.signed_up()
    passkey = _registered(ada)
    ada.post("/sign-out")
    answer = _shows(ada, passkey)
    ada.post("/sign-out")
    ada.post("/passkey/verify-authentication", response=answer)
    ada.get("/passkey/generate-authenticate-options")
    ada.post("/passkey/verify-authentication", response=answer)
    ada.session()


def signs_in_with_an_unknown_passkey(world: World) -> None:
    ada = world.signed_up()
    passkey = _registered(ada)
    ada.post("/sign-out")
    key, passkey.key = passkey.key, Authenticator("x").key
    _shows(ada, passkey)
    passkey.key = key
    passkey.origin = "https://evil.example"
    _shows(ada, passkey)
    _shows(ada, Authenticator(world.server.address))
    ada.session()


def sends_invalid_registrations(world: World) -> None:
    ada, eve = world.signed_up(), world.signed_up("eve")
    passkey = Authenticator("https://evil.example")
    options = ada.get("/passkey/generate-register-options").json()
    ada.post("/passkey/verify-registration", response=passkey.register(options))
    passkey.origin = world.server.address
    options = ada.get("/passkey/generate-register-options").json()
    answer = passkey.register(options)
    eve.post("/passkey/verify-registration", response=answer)
    world.browser("nobody").post("/passkey/verify-registration", response=answer)
    world.browser("nobody").get("/passkey/generate-register-options")
    ada.post("/passkey/verify-registration", response=answer)
    ada.post("/passkey/verify-registration", response=answer)
    ada.post("/passkey/verify-registration")
    ada.get("/passkey/list-user-passkeys")


def manages_passkeys(world: World) -> None:
    ada, eve, signed_out = world.signed_up(), world.signed_up("eve"), world.browser("nobody")
    _registered(ada, name="Old")
    key = ada.get("/passkey/list-user-passkeys").json()[0]["id"]
    for caller in (eve, signed_out):
        caller.post("/passkey/update-passkey", id=key, name="Eve")
        caller.post("/passkey/delete-passkey", id=key)
        caller.get("/passkey/list-user-passkeys")
    ada.post("/passkey/update-passkey", id=key, name="New")
    ada.post("/passkey/update-passkey", id=key, name="")
    ada.post("/passkey/update-passkey", id=key)
    ada.post("/passkey/update-passkey", id="unknown", name="New")
    ada.post("/passkey/delete-passkey", id="unknown")
    ada.post("/passkey/delete-passkey")
    ada.post("/passkey/delete-passkey", id=key)
    ada.get("/passkey/list-user-passkeys")


def sends_no_passkey(world: World) -> None:
    ada = world.signed_up()
    _registered(ada)
    ada.post("/sign-out")
    for response in [{}, {"id": "x"}, {"id": "x", "rawId": "x", "response": {}}]:
        ada.get("/passkey/generate-authenticate-options")
        ada.post("/passkey/verify-authentication", response=response)
    ada.post("/passkey/verify-authentication")
    signed_out = world.browser("nobody")
    signed_out.post("/passkey/verify-authentication", response={"id": "x"})
