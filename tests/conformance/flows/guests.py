"""Anonymous users, and linking them to an account."""

from tests.conformance.world import World


def signs_in_anonymously(world: World) -> None:
    guest = world.browser()
    guest.post("/sign-in/anonymous")
    guest.session()
    guest.get("/list-accounts")
    guest.post("/sign-in/anonymous")
    guest.post("/update-user", name="Ada", isAnonymous=False)
    guest.session()


def becomes_a_user(world: World) -> None:
    guest = world.browser()
    guest.post("/sign-in/anonymous")
    guest.sign_up()
    guest.session()


def signs_in_anonymously_with_a_session(world: World) -> None:
    ada = world.signed_up()
    ada.forget()
    ada.post("/sign-in/anonymous")
    ada.sign_in()
    ada.session()
    ada.post("/sign-in/anonymous")


def becomes_a_user_by_a_link(world: World) -> None:
    guest = world.browser()
    guest.post("/sign-in/anonymous")
    guest.post("/sign-in/magic-link", email=guest.email)
    guest.follow(guest.message("magic-link"))
    guest.session()


def becomes_a_user_by_a_code(world: World) -> None:
    guest = world.browser()
    guest.post("/sign-in/anonymous")
    guest.post("/email-otp/send-verification-otp", email=guest.email, type="sign-in")
    guest.post("/sign-in/email-otp", email=guest.email, otp=guest.message("email-code"))
    guest.session()


def deletes_the_anonymous_user(world: World) -> None:
    guest = world.browser()
    guest.post("/sign-in/anonymous")
    guest.post("/delete-anonymous-user")
    guest.session()
    guest.post("/delete-anonymous-user")
    ada = world.signed_up()
    ada.post("/delete-anonymous-user")
    ada.session()
