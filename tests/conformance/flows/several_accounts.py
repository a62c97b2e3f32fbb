"""Several sessions in one browser, and the last login method."""

from tests.conformance.world import World


def uses_two_accounts(world: World) -> None:
    browser, bob = world.signed_up(), world.signed_up("bob")
    first = browser.session()["session"]["token"]
    browser.post("/sign-in/email", email=bob.email, password=bob.password)
    browser.get("/multi-session/list-device-sessions")
    browser.post("/multi-session/set-active", sessionToken=first)
    browser.session()
    browser.post("/multi-session/revoke", sessionToken=first)
    browser.session()
    browser.get("/multi-session/list-device-sessions")


def signs_out_of_all(world: World) -> None:
    browser, bob = world.signed_up(), world.signed_up("bob")
    browser.post("/sign-in/email", email=bob.email, password=bob.password)
    browser.post("/sign-out")
    browser.session()
    browser.get("/multi-session/list-device-sessions")


def signs_in_twice_with_one_account(world: World) -> None:
    ada = world.signed_up()
    ada.sign_in()
    ada.get("/multi-session/list-device-sessions")


def has_an_expired_session_among_several(world: World) -> None:
    browser, bob = world.signed_up(), world.signed_up("bob")
    first = browser.session()["session"]["token"]
    browser.post("/sign-in/email", email=bob.email, password=bob.password)
    world.change(
        """UPDATE session SET "expiresAt" = now() AT TIME ZONE 'UTC' - interval '1 s'
        WHERE token = $1""",
        first,
    )
    browser.get("/multi-session/list-device-sessions")
    browser.post("/multi-session/set-active", sessionToken=first)
    browser.session()


def activates_an_unknown_session(world: World) -> None:
    ada, eve = world.signed_up(), world.signed_up("eve")
    token = ada.session()["session"]["token"]
    signed_out = world.browser("nobody")
    signed_out.get("/multi-session/list-device-sessions")
    for caller in (eve, signed_out):
        for value in (token, "unknown", ""):
            caller.post("/multi-session/set-active", sessionToken=value)
            caller.post("/multi-session/revoke", sessionToken=value)
        caller.post("/multi-session/set-active")
        caller.post("/multi-session/revoke")
    ada.session()


def stores_the_last_login_method(world: World) -> None:
    ada = world.signed_up(username=f"ada{world.tag}")
    ada.sign_in()
    ada.post("/sign-in/username", username=f"ada{world.tag}", password=ada.password)
    ada.post("/sign-in/magic-link", email=ada.email)
    ada.follow(ada.message("magic-link"))
    ada.post("/email-otp/send-verification-otp", email=ada.email, type="sign-in")
    ada.post("/sign-in/email-otp", email=ada.email, otp=ada.message("email-code"))
    number = f"+1555{world.tag}"
    ada.post("/phone-number/send-otp", phoneNumber=number)
    code = world.message(number, "phone-code")
    ada.post("/phone-number/verify", phoneNumber=number, code=code)
    ada.post("/sign-in/anonymous")
    ada.sign_in(password="wrong password")
    ada.post("/sign-out")
