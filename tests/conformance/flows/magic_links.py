"""Signing in by a link in a mail."""

from urllib.parse import parse_qs, urlsplit

from tests.conformance.world import World


def signs_up_by_a_link(world: World) -> None:
    ada = world.browser()
    ada.post("/sign-in/magic-link", email=ada.email, name="Ada", callbackURL="/home")
    link = ada.message("magic-link")
    ada.follow(link)
    ada.session()
    ada.follow(link)


def signs_in_by_a_link(world: World) -> None:
    ada = world.signed_up()
    ada.post("/sign-out")
    ada.post("/sign-in/magic-link", email=ada.email.upper())
    ada.follow(world.message(ada.email.upper(), "magic-link"))
    ada.session()
    ada.get("/list-accounts")


def is_redirected_as_a_new_user(world: World) -> None:
    ada = world.browser()
    pages = {"callbackURL": "/home", "newUserCallbackURL": "/new", "errorCallbackURL": "/error"}
    ada.post("/sign-in/magic-link", email=ada.email, **pages)
    link = ada.message("magic-link")
    ada.follow(link)
    ada.follow(link)
    ada.post("/sign-out")
    ada.post("/sign-in/magic-link", email=ada.email, **pages)
    ada.follow(ada.message("magic-link"))


def opens_an_expired_link(world: World) -> None:
    ada = world.browser()
    ada.post("/sign-in/magic-link", email=ada.email, errorCallbackURL="/error")
    world.change(
        """UPDATE verification SET "expiresAt" = now() AT TIME ZONE 'UTC' - interval '1 s'
        WHERE value LIKE $1""",
        f"%{ada.email}%",
    )
    ada.follow(ada.message("magic-link"))
    ada.session()


def opens_an_invalid_link(world: World) -> None:
    signed_out = world.browser()
    signed_out.get("/magic-link/verify", token="unknown")
    signed_out.get("/magic-link/verify", token="unknown", callbackURL="/home")
    signed_out.get("/magic-link/verify", token="unknown", errorCallbackURL="/error")
    signed_out.get("/magic-link/verify")
    signed_out.get("/magic-link/verify", token="")
    signed_out.get("/magic-link/verify", token="unknown", callbackURL="https://evil.example")
    ada = world.browser()
    ada.post("/sign-in/magic-link", email=ada.email)
    token = parse_qs(urlsplit(ada.message("magic-link")).query)["token"][0]
    ada.get("/magic-link/verify", token=token, callbackURL="https://evil.example")
    ada.get("/magic-link/verify", token=token)
    ada.session()


def requests_a_link_with_an_invalid_body(world: World) -> None:
    signed_out = world.browser()
    signed_out.post("/sign-in/magic-link")
    signed_out.post("/sign-in/magic-link", email="nonsense")
    signed_out.post("/sign-in/magic-link", email="")
    signed_out.post(
        "/sign-in/magic-link", email=signed_out.email, callbackURL="https://evil.example"
    )
    signed_out.post("/sign-in/magic-link", email=signed_out.email, metadata={"plan": "pro"})


def verifies_the_address_by_a_link(world: World) -> None:
    """A magic link verifies the address of an existing user."""
    eve = world.signed_up("ada")
    ada = world.browser()
    ada.post("/sign-in/magic-link", email=ada.email)
    ada.follow(ada.message("magic-link"))
    ada.session()
    eve.session()
    eve.sign_in()
