"""One-time codes by mail: sign-in, verification, password reset."""

from tests.conformance.world import Browser, World

OTHER_PASSWORD = "another battery"


def _code(browser: Browser, kind: str = "sign-in") -> str:
    browser.post("/email-otp/send-verification-otp", email=browser.email, type=kind)
    return browser.message("email-code")


def signs_up_by_a_code(world: World) -> None:
    ada = world.browser()
    code = _code(ada)
    ada.post("/email-otp/check-verification-otp", email=ada.email, type="sign-in", otp=code)
    ada.post("/sign-in/email-otp", email=ada.email, otp=code, name="Ada", image="https://x.org/a")
    ada.session()
    ada.post("/sign-in/email-otp", email=ada.email, otp=code)


def signs_in_by_a_code(world: World) -> None:
    ada = world.signed_up()
    ada.post("/sign-out")
    code = _code(ada)
    ada.post("/sign-in/email-otp", email=ada.email.upper(), otp=code)
    ada.session()


def requests_several_codes(world: World) -> None:
    ada = world.browser()
    first = _code(ada)
    second = _code(ada)
    if first != second:
        ada.post("/sign-in/email-otp", email=ada.email, otp=first)
    ada.post("/sign-in/email-otp", email=ada.email, otp=second)


def guesses_codes(world: World) -> None:
    ada = world.browser()
    code = _code(ada)
    for _ in range(4):
        ada.post("/sign-in/email-otp", email=ada.email, otp="x" + code[1:])
    ada.post("/sign-in/email-otp", email=ada.email, otp=code)
    ada.session()


def guesses_codes_by_checking(world: World) -> None:
    ada = world.signed_up()
    code = _code(ada, "forget-password")
    for _ in range(4):
        ada.post(
            "/email-otp/check-verification-otp",
            email=ada.email,
            type="forget-password",
            otp="x" + code[1:],
        )
    ada.post("/email-otp/check-verification-otp", email=ada.email, type="forget-password", otp=code)


def uses_an_expired_code(world: World) -> None:
    ada = world.browser()
    code = _code(ada)
    world.change(
        """UPDATE verification SET "expiresAt" = now() AT TIME ZONE 'UTC' - interval '1 s'
        WHERE identifier LIKE $1""",
        f"%{ada.email}%",
    )
    ada.post("/sign-in/email-otp", email=ada.email, otp=code)
    ada.session()


def verifies_the_address_by_a_code(world: World) -> None:
    ada = world.signed_up()
    code = _code(ada, "email-verification")
    ada.post("/email-otp/verify-email", email=ada.email, otp="x" + code[1:])
    ada.post("/email-otp/verify-email", email=ada.email, otp=code)
    ada.session()
    ada.post("/email-otp/verify-email", email=ada.email, otp=code)


def resets_the_password_by_a_code(world: World) -> None:
    ada = world.signed_up()
    ada.post("/email-otp/request-password-reset", email=ada.email)
    code = ada.message("email-code")
    body = {"email": ada.email, "otp": code}
    ada.post("/email-otp/reset-password", password="short", **body)
    ada.post("/email-otp/reset-password", email=ada.email, otp="x", password=OTHER_PASSWORD)
    ada.post("/email-otp/reset-password", password=OTHER_PASSWORD, **body)
    ada.post("/email-otp/reset-password", password=OTHER_PASSWORD, **body)
    ada.sign_in()
    ada.sign_in(password=OTHER_PASSWORD)
    ada.session()


def resets_the_password_by_a_code_on_the_deprecated_route(world: World) -> None:
    ada = world.signed_up()
    ada.post("/forget-password/email-otp", email=ada.email)
    body = {"email": ada.email, "otp": ada.message("email-code"), "password": OTHER_PASSWORD}
    ada.post("/email-otp/reset-password", **body)


def uses_a_code_for_another_purpose(world: World) -> None:
    ada = world.signed_up()
    code = _code(ada)
    ada.post("/email-otp/verify-email", email=ada.email, otp=code)
    ada.post("/email-otp/reset-password", email=ada.email, otp=code, password=OTHER_PASSWORD)
    eve = world.signed_up("eve")
    eve.post("/sign-in/email-otp", email=eve.email, otp=code)


def requests_codes_with_invalid_bodies(world: World) -> None:
    signed_out = world.browser()
    for email in [signed_out.email, "nonsense", ""]:
        for kind in ["email-verification", "forget-password", "change-email", "nonsense"]:
            signed_out.post("/email-otp/send-verification-otp", email=email, type=kind)
    signed_out.post("/email-otp/send-verification-otp", email=signed_out.email)
    signed_out.post("/email-otp/request-password-reset", email=signed_out.email)
    signed_out.post("/email-otp/verify-email", email=signed_out.email, otp="000000")
    signed_out.post(
        "/email-otp/check-verification-otp", email=signed_out.email, type="x", otp="000000"
    )
    signed_out.post("/sign-in/email-otp", email=signed_out.email)
    signed_out.post("/sign-in/email-otp", email=signed_out.email, otp="000000")
    signed_out.post(
        "/email-otp/reset-password", email=signed_out.email, otp="000000", password=OTHER_PASSWORD
    )


def cannot_change_the_address_by_a_code(world: World) -> None:
    """The option is off by default."""
    ada = world.signed_up()
    ada.post("/email-otp/request-email-change", newEmail=f"new{ada.email}")
    ada.post("/email-otp/change-email", newEmail=f"new{ada.email}", otp="000000")
    signed_out = world.browser("nobody")
    signed_out.post("/email-otp/request-email-change", newEmail=f"new{ada.email}")
    signed_out.post("/email-otp/change-email", newEmail=f"new{ada.email}", otp="000000")
