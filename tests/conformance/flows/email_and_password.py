"""Signing up, in and out with an e-mail address and a password."""

from tests.conformance.world import World


def signs_up(world: World) -> None:
    ada = world.signed_up()
    ada.session()


def signs_up_with_a_picture(world: World) -> None:
    world.signed_up(image="https://example.com/ada.png").session()


def signs_up_in_capital_letters(world: World) -> None:
    ada = world.browser()
    ada.email = ada.email.upper()
    ada.sign_up()
    ada.email = ada.email.lower()
    ada.sign_in()


def signs_up_without_being_remembered(world: World) -> None:
    ada = world.signed_up(rememberMe=False)
    ada.session()


def signs_in_and_out(world: World) -> None:
    ada = world.signed_up()
    ada.post("/sign-out")
    ada.session()
    ada.sign_in()
    ada.session()
    ada.post("/sign-out")
    ada.post("/sign-out")


def signs_in_without_being_remembered(world: World) -> None:
    ada = world.signed_up()
    ada.sign_in(rememberMe=False)
    ada.session()
    ada.post("/sign-out")


def signs_in_with_a_callback(world: World) -> None:
    ada = world.signed_up()
    ada.sign_in(callbackURL="/dashboard")


def sends_a_wrong_password(world: World) -> None:
    ada = world.signed_up()
    ada.forget()
    ada.sign_in(password="not the password")
    ada.session()


def signs_in_with_an_unknown_address(world: World) -> None:
    world.browser().sign_in()


def signs_up_twice(world: World) -> None:
    world.signed_up()
    ada = world.browser()
    ada.sign_up()
    ada.session()


def chooses_a_bad_password(world: World) -> None:
    ada = world.browser()
    ada.sign_up(password="short")
    ada.sign_up(password="x" * 129)
    ada.sign_up(password="")


def signs_up_with_an_invalid_address(world: World) -> None:
    ada = world.browser()
    for email in ["ada", "ada@", "@example.com", "ada@example", "a b@example.com", ""]:
        ada.sign_up(email=email)
        ada.sign_in(email=email)


def sends_requests_without_a_session(world: World) -> None:
    signed_out = world.browser()
    signed_out.session()
    signed_out.get("/list-sessions")
    signed_out.get("/list-accounts")
    signed_out.get("/ok")
    signed_out.get("/error")
    signed_out.get("/nowhere")
    signed_out.post("/nowhere")


def posts_no_body(world: World) -> None:
    signed_out = world.browser()
    signed_out.request("POST", "/sign-up/email")
    signed_out.request("POST", "/sign-in/email")
    signed_out.request("POST", "/sign-out")


def has_a_name_in_another_script(world: World) -> None:
    ada = world.signed_up(name="Ада Лавлейс 🧮 'quote\" \\ <b>")
    ada.session()


def sends_long_values(world: World) -> None:
    world.signed_up(name="x" * 5000).session()
    world.browser("b" * 250).sign_up()


def signs_up_with_protected_fields(world: World) -> None:
    ada = world.signed_up(nonsense=1, emailVerified=True, role="admin", id="chosen", banned=True)
    ada.session()
