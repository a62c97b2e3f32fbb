"""Compromised passwords (`have-i-been-pwned`)."""

from __future__ import annotations

from tests.conformance.internet import Answer
from tests.conformance.services import Services
from tests.conformance.services.pwned_passwords import LEAKED
from tests.conformance.world import PASSWORD, World

_NEW = "another long password"


def signs_up(world: World, services: Services) -> None:
    ada = services.visitor(world)
    ada.sign_up(password=LEAKED)
    ada.session()
    services.compare_asked(world)
    ada.sign_up()
    ada.session()
    services.compare_asked(world)


def signs_up_again(world: World, services: Services) -> None:
    """The refusal of a leaked password does not reveal whether the user exists."""
    services.signed_up(world)
    ada = services.visitor(world)
    for password in (LEAKED, PASSWORD):
        ada.sign_up(password=password)
    services.compare_asked(world)


def signs_up_wrongly(world: World, services: Services) -> None:
    """Only passwords of a valid length are sent to the service."""
    ada = services.visitor(world)
    ada.sign_up(password="password")
    ada.sign_up(password="short")
    ada.sign_up(password="x" * 129)
    ada.sign_up(password=LEAKED, email="ada")
    services.compare_asked(world)


def chooses_a_password_with_non_ascii_letters(world: World, services: Services) -> None:
    """The hash is of the UTF-8 encoding."""
    for number, password in enumerate(("Grüße aus Köln", "correct horse 🔋 staple", LEAKED[:-1])):
        services.visitor(world, f"ada{number}").sign_up(password=password)
    services.compare_asked(world)


def chooses_a_password_whose_hash_is_padding(world: World, services: Services) -> None:
    """An entry with count 0 is padding."""
    services.passwords.pads_with(_NEW)
    ada = services.visitor(world)
    ada.sign_up(password=_NEW)
    ada.session()


def changes_to_a_leaked_password(world: World, services: Services) -> None:
    ada = services.signed_up(world)
    for new in (LEAKED, _NEW):
        ada.post("/change-password", currentPassword=PASSWORD, newPassword=new)
    ada.post("/change-password", currentPassword="not the password", newPassword=LEAKED)
    services.compare_asked(world)
    ada.password = LEAKED
    ada.sign_in()
    ada.password = _NEW
    ada.sign_in()


def resets_to_a_leaked_password(world: World, services: Services) -> None:
    ada = services.signed_up(world)
    ada.post("/reset-password", token="nonsense", newPassword=LEAKED)
    for new in (LEAKED, _NEW):
        ada.post("/request-password-reset", email=ada.email, redirectTo="/new")
        token = ada.message("reset-password").rpartition("/reset-password/")[2].partition("?")[0]
        ada.post("/reset-password", token=token, newPassword=new)
        ada.post("/reset-password", token=token, newPassword=_NEW)
    services.compare_asked(world)
    for password in (LEAKED, _NEW):
        ada.sign_in(password=password)


def resets_to_a_leaked_password_by_a_code(world: World, services: Services) -> None:
    ada = services.signed_up(world)
    for new in (LEAKED, _NEW):
        ada.post("/email-otp/request-password-reset", email=ada.email)
        code = ada.message("email-code")
        ada.post("/email-otp/reset-password", email=ada.email, otp=code, password=new)
    ada.post("/email-otp/reset-password", email=ada.email, otp="000000", password=LEAKED)
    services.compare_asked(world)
    for password in (LEAKED, _NEW):
        ada.sign_in(password=password)


def resets_to_a_leaked_password_by_phone(world: World, services: Services) -> None:
    ada, phone = services.visitor(world), f"+1{world.tag}"
    ada.post("/phone-number/send-otp", phoneNumber=phone)
    ada.post("/phone-number/verify", phoneNumber=phone, code=world.message(phone, "phone-code"))
    for new in (LEAKED, _NEW):
        ada.post("/phone-number/request-password-reset", phoneNumber=phone)
        code = world.message(phone, "phone-code")
        ada.post("/phone-number/reset-password", phoneNumber=phone, otp=code, newPassword=new)
    services.compare_asked(world)
    for password in (LEAKED, _NEW):
        ada.post("/sign-in/phone-number", phoneNumber=phone, password=password)


def gets_a_leaked_password_from_an_admin(world: World, services: Services) -> None:
    boss = services.signed_up(world, "boss")
    world.change('UPDATE "user" SET role = $1 WHERE email = $2', "admin", boss.email)
    made = ""
    for name, password in (("eve", LEAKED), ("grace", PASSWORD)):
        user = {"name": name, "email": world.browser(name).email, "role": "user"}
        answer = boss.post("/admin/create-user", password=password, **user)
        made = answer.json().get("user", {}).get("id", "")
    for new in (LEAKED, _NEW):
        boss.post("/admin/set-user-password", userId=made, newPassword=new)
    services.compare_asked(world)


def signs_in_with_a_leaked_password(world: World, services: Services) -> None:
    """Only new passwords are checked, not those of a sign-in."""
    ada = services.visitor(world)
    with services.internet.answers(services.passwords, Answer("", type="text/plain")):
        ada.sign_up(password=LEAKED)
    services.compare_asked(world)
    ada.post("/sign-out")
    ada.password = LEAKED
    ada.sign_in()
    services.compare_asked(world)
    ada.post("/change-password", currentPassword=LEAKED, newPassword=LEAKED)
    services.compare_asked(world)


def gets_no_response_from_the_service(world: World, services: Services) -> None:
    """A password that cannot be checked is refused."""
    ada, bob = services.signed_up(world), services.visitor(world, "bob")
    for answer in (
        None,
        Answer("", 503, "text/html"),
        Answer({"message": "Rate limit is exceeded."}, 429),
        Answer("", 403, "text/plain"),
    ):
        with services.internet.answers(services.passwords, answer):
            bob.sign_up()
            ada.post("/change-password", currentPassword=PASSWORD, newPassword=_NEW)
    bob.session()
    ada.sign_in()
    bob.sign_up()


def gets_malformed_responses_from_the_service(world: World, services: Services) -> None:
    suffix = "9D0B0CBA0D4F1C0B9A0F0BDB0B0B0B0B0B0"
    for number, answer in enumerate(
        (
            Answer("<html>", type="text/html"),
            Answer("\n\n:\n::1\n", type="text/plain"),
            Answer([]),
            Answer({"message": "Hello"}),
            Answer("5", type="text/plain"),
            Answer("null", type="text/plain"),
            Answer(f"{suffix}:1", type="text/plain"),
        )
    ):
        with services.internet.answers(services.passwords, answer):
            services.visitor(world, f"ada{number}").sign_up(password=LEAKED)


def gets_malformed_counts_from_the_service(world: World, services: Services) -> None:
    suffix = services.passwords.suffix(LEAKED)
    for number, count in enumerate(
        ("", "many", "-1", "0", "00", "1.5", "1e3", "9" * 30, " 1", "1 ", "0x1", "\u0661", "1:2")
    ):
        answer = Answer(f"{suffix}:{count}", type="text/plain; charset=utf-8")
        with services.internet.answers(services.passwords, answer):
            services.visitor(world, f"ada{number}").sign_up(password=LEAKED)
    lower = Answer(f"{suffix.lower()}:1", type="text/plain")
    with services.internet.answers(services.passwords, lower):
        services.visitor(world).sign_up(password=LEAKED)
