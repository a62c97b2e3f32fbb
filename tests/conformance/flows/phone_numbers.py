"""One-time codes by text message."""

from tests.conformance.world import Browser, World

OTHER_PASSWORD = "another battery"


def _number(world: World, start: str = "+1555") -> str:
    return f"{start}{world.tag}"


def _code(browser: Browser, number: str) -> str:
    browser.post("/phone-number/send-otp", phoneNumber=number)
    return browser.world.message(number, "phone-code")


def _add(browser: Browser, number: str) -> None:
    """Adds a verified number to the signed-in user."""
    code = _code(browser, number)
    browser.post("/phone-number/verify", phoneNumber=number, code=code, updatePhoneNumber=True)


def signs_up_with_a_number(world: World) -> None:
    ada, number = world.browser(), _number(world)
    code = _code(ada, number)
    ada.post("/phone-number/verify", phoneNumber=number, code=code)
    ada.session()
    ada.post("/phone-number/verify", phoneNumber=number, code=code)


def signs_in_with_a_number(world: World) -> None:
    ada, number = world.browser(), _number(world)
    ada.post("/phone-number/verify", phoneNumber=number, code=_code(ada, number))
    ada.post("/sign-out")
    ada.post("/phone-number/verify", phoneNumber=number, code=_code(ada, number))
    ada.session()


def verifies_a_number_without_a_session(world: World) -> None:
    ada, number = world.browser(), _number(world)
    code = _code(ada, number)
    ada.post("/phone-number/verify", phoneNumber=number, code=code, disableSession=True)
    ada.session()


def adds_a_number(world: World) -> None:
    ada, number = world.signed_up(), _number(world)
    _add(ada, number)
    ada.session()
    ada.post("/sign-out")
    ada.post("/sign-in/phone-number", phoneNumber=number, password=ada.password)
    ada.session()


def cannot_take_a_number_of_another_user(world: World) -> None:
    ada, number = world.signed_up(), _number(world)
    _add(ada, number)
    eve = world.signed_up("eve")
    _add(eve, number)
    eve.session()
    eve.post("/update-user", phoneNumber=number)
    eve.post("/update-user", phoneNumberVerified=True)
    eve.session()


def signs_in_with_a_number_and_a_password(world: World) -> None:
    ada, number = world.signed_up(), _number(world)
    _add(ada, number)
    ada.forget()
    ada.post("/sign-in/phone-number", phoneNumber=number, password="wrong password")
    ada.post("/sign-in/phone-number", phoneNumber=_number(world, "+49"), password=ada.password)
    ada.post("/sign-in/phone-number", phoneNumber="", password="")
    ada.post("/sign-in/phone-number", phoneNumber=number)
    ada.post("/sign-in/phone-number", phoneNumber=number, password=ada.password, rememberMe=False)
    ada.session()


def guesses_codes(world: World) -> None:
    ada, number = world.browser(), _number(world)
    code = _code(ada, number)
    for _ in range(4):
        ada.post("/phone-number/verify", phoneNumber=number, code="x" + code[1:])
    ada.post("/phone-number/verify", phoneNumber=number, code=code)
    ada.session()


def uses_an_expired_code(world: World) -> None:
    ada, number = world.browser(), _number(world)
    code = _code(ada, number)
    world.change(
        """UPDATE verification SET "expiresAt" = now() AT TIME ZONE 'UTC' - interval '1 s'
        WHERE identifier = $1""",
        number,
    )
    ada.post("/phone-number/verify", phoneNumber=number, code=code)


def verifies_wrongly(world: World) -> None:
    signed_out, number = world.browser(), _number(world)
    signed_out.post("/phone-number/verify", phoneNumber=number, code="000000")
    signed_out.post("/phone-number/verify", phoneNumber=number)
    signed_out.post("/phone-number/verify", code="000000")
    signed_out.post("/phone-number/send-otp")
    signed_out.post("/phone-number/send-otp", phoneNumber="")
    _add(signed_out, number)


def resets_the_password_by_a_text_message(world: World) -> None:
    ada, number = world.signed_up(), _number(world)
    _add(ada, number)
    ada.post("/phone-number/request-password-reset", phoneNumber=number)
    ada.post("/phone-number/request-password-reset", phoneNumber=_number(world, "+49"))
    ada.post(
        "/phone-number/reset-password",
        phoneNumber=number,
        otp="000000",
        newPassword=OTHER_PASSWORD,
    )
