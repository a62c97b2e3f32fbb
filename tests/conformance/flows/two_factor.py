"""Signing in with a second factor."""

from typing import Any

from tests.conformance.world import Browser, World
from tests.totp import totp


def _enabled(world: World) -> tuple[Browser, dict[str, Any]]:
    ada = world.signed_up()
    given: dict[str, Any] = ada.post("/two-factor/enable", password=ada.password).json()
    ada.post("/two-factor/verify-totp", code=totp(given["totpURI"]))
    return ada, given


def _asked(world: World) -> tuple[Browser, dict[str, Any]]:
    """A browser that has sent the password and must send a second factor."""
    ada, given = _enabled(world)
    ada.post("/sign-out")
    ada.sign_in()
    return ada, given


def enables_it(world: World) -> None:
    ada, _ = _enabled(world)
    ada.session()
    ada.get("/list-sessions")


def enables_it_for_an_issuer(world: World) -> None:
    ada = world.signed_up()
    ada.post("/two-factor/enable", password=ada.password, issuer="Analytical Engines")
    ada.session()


def enables_it_by_mail(world: World) -> None:
    ada = world.signed_up()
    ada.post("/two-factor/enable", password=ada.password, method="otp")
    ada.session()
    ada.post("/two-factor/enable", password=ada.password, method="nonsense")


def cannot_enable_it(world: World) -> None:
    ada = world.signed_up()
    ada.post("/two-factor/enable", password="wrong password")
    ada.post("/two-factor/enable")
    ada.post("/two-factor/verify-totp", code="000000")
    ada.post("/two-factor/get-totp-uri", password=ada.password)
    ada.post("/two-factor/generate-backup-codes", password=ada.password)
    ada.post("/two-factor/disable", password=ada.password)
    world.browser("nobody").post("/two-factor/enable", password=ada.password)


def enables_it_twice(world: World) -> None:
    ada, _ = _enabled(world)
    again = ada.post("/two-factor/enable", password=ada.password).json()
    ada.session()
    if "totpURI" in again:
        ada.post("/two-factor/verify-totp", code=totp(again["totpURI"]))
    ada.session()


def signs_in_with_totp(world: World) -> None:
    ada, given = _asked(world)
    ada.session()
    ada.post("/two-factor/verify-totp", code=totp(given["totpURI"]))
    ada.session()


def trusts_a_device(world: World) -> None:
    ada, given = _asked(world)
    ada.post("/two-factor/verify-totp", code=totp(given["totpURI"]), trustDevice=True)
    ada.post("/sign-out")
    ada.sign_in()
    ada.session()


def steals_a_trusted_device(world: World) -> None:
    ada, given = _asked(world)
    ada.post("/two-factor/verify-totp", code=totp(given["totpURI"]), trustDevice=True)
    trust = next(c for c in ada.http.cookies.jar if "trust" in c.name)
    value = trust.value or ""
    ada.forget()
    ada.http.cookies.set(trust.name, value[:-4] + "AAA%3D", domain="127.0.0.1")
    ada.sign_in()


def signs_in_with_a_backup_code(world: World) -> None:
    ada, given = _asked(world)
    code = given["backupCodes"][0]
    ada.post("/two-factor/verify-backup-code", code=code)
    ada.session()
    ada.post("/sign-out")
    ada.sign_in()
    ada.post("/two-factor/verify-backup-code", code=code)
    ada.post("/two-factor/verify-backup-code", code=given["backupCodes"][1], disableSession=True)
    ada.session()


def signs_in_with_a_code_by_mail(world: World) -> None:
    ada, _ = _asked(world)
    ada.post("/two-factor/send-otp")
    code = ada.message("two-factor-code")
    ada.post("/two-factor/verify-otp", code="x" + code[1:])
    ada.post("/two-factor/verify-otp", code=code)
    ada.session()
    ada.post("/two-factor/verify-otp", code=code)


def guesses_totp(world: World) -> None:
    ada, given = _asked(world)
    for guess in range(12):
        ada.post("/two-factor/verify-totp", code=f"00000{guess % 10}")
    ada.post("/two-factor/verify-totp", code=totp(given["totpURI"]))
    ada.session()


def guesses_codes_by_mail(world: World) -> None:
    ada, _ = _asked(world)
    ada.post("/two-factor/send-otp")
    for guess in range(7):
        ada.post("/two-factor/verify-otp", code=f"wrong{guess}")
    ada.post("/two-factor/verify-otp", code=ada.message("two-factor-code"))
    ada.session()


def guesses_backup_codes(world: World) -> None:
    ada, given = _asked(world)
    for guess in range(12):
        ada.post("/two-factor/verify-backup-code", code=f"wrong-{guess}")
    ada.post("/two-factor/verify-backup-code", code=given["backupCodes"][0])
    ada.session()


def sends_a_second_factor_without_the_password(world: World) -> None:
    signed_out = world.browser()
    signed_out.post("/two-factor/verify-totp", code="123456")
    signed_out.post("/two-factor/verify-otp", code="123456")
    signed_out.post("/two-factor/verify-backup-code", code="12345-67890")
    signed_out.post("/two-factor/send-otp")


def makes_new_backup_codes(world: World) -> None:
    ada, given = _enabled(world)
    new = ada.post("/two-factor/generate-backup-codes", password=ada.password).json()
    ada.post("/two-factor/generate-backup-codes", password="wrong password")
    ada.post("/sign-out")
    ada.sign_in()
    ada.post("/two-factor/verify-backup-code", code=given["backupCodes"][0])
    ada.post("/two-factor/verify-backup-code", code=new["backupCodes"][0])


def reads_the_totp_uri_again(world: World) -> None:
    ada, _ = _enabled(world)
    ada.post("/two-factor/get-totp-uri", password=ada.password)
    ada.post("/two-factor/get-totp-uri", password="wrong password")


def uses_a_code_twice(world: World) -> None:
    ada, given = _asked(world)
    code = totp(given["totpURI"])
    ada.post("/two-factor/verify-totp", code=code)
    ada.post("/sign-out")
    ada.sign_in()
    ada.post("/two-factor/verify-totp", code=code)


def disables_it(world: World) -> None:
    ada, _ = _enabled(world)
    ada.post("/two-factor/disable", password="wrong password")
    ada.post("/two-factor/disable", password=ada.password)
    ada.session()
    ada.post("/sign-out")
    ada.sign_in()
    ada.session()
