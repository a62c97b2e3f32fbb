"""Replays: single-use values, sent again or concurrently."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from tests.conformance.world import World

OTHER_PASSWORD = "another battery"


def signs_up_five_times_at_once(world: World) -> None:
    ada = world.browser()
    body = {"name": "Ada", "email": ada.email, "password": ada.password}
    ada.race("POST", "/sign-up/email", [body] * 5)


def two_take_a_name_at_once(world: World) -> None:
    bodies = [
        {
            "name": name,
            "email": f"{name}{world.tag}@example.com",
            "password": "correct horse battery",
            "username": f"ada{world.tag}",
        }
        for name in ("ada", "ida")
    ]
    world.browser().race("POST", "/sign-up/email", bodies)


def uses_a_reset_twice_at_once(world: World) -> None:
    ada = world.signed_up()
    ada.post("/request-password-reset", email=ada.email, redirectTo="/reset")
    landing = ada.follow(ada.message("reset-password"))
    token = parse_qs(urlsplit(landing.headers["location"]).query)["token"][0]
    ada.race("POST", "/reset-password", [{"token": token, "newPassword": OTHER_PASSWORD}] * 4)
    ada.post("/reset-password", token=token, newPassword=OTHER_PASSWORD)


def uses_a_backup_code_twice_at_once(world: World) -> None:
    ada = world.signed_up()
    codes = ada.post("/two-factor/enable", password=ada.password).json()["backupCodes"]
    world.change('UPDATE "user" SET "twoFactorEnabled" = true WHERE id = $1', ada.user_id)
    world.change('UPDATE "twoFactor" SET verified = true WHERE "userId" = $1', ada.user_id)
    ada.post("/sign-out")
    ada.sign_in()
    ada.race("POST", "/two-factor/verify-backup-code", [{"code": codes[0]}] * 4)
    ada.post("/two-factor/verify-backup-code", code=codes[0])


def follows_a_magic_link_again(world: World) -> None:
    ada = world.browser()
    ada.post("/sign-in/magic-link", email=ada.email, name="Ada")
    link = ada.message("magic-link")
    ada.follow(link)
    ada.follow(link)


def uses_a_one_time_token_again(world: World) -> None:
    ada = world.signed_up()
    token = ada.get("/one-time-token/generate").json()["token"]
    eve = world.browser("eve")
    eve.post("/one-time-token/verify", token=token)
    eve.post("/one-time-token/verify", token=token)


def uses_a_session_after_signing_out(world: World) -> None:
    ada = world.signed_up()
    cookie = ada.cookie()
    ada.post("/sign-out")
    sent = {"Cookie": f"better-auth.session_token={cookie}"}
    ada.request("GET", "/get-session", headers=sent)
    ada.request("POST", "/update-user", headers=sent, json={"name": "Eve"})
    ada.request("GET", "/get-session", headers={"Authorization": f"Bearer {cookie}"})


def guesses_a_password_from_one_address(world: World) -> None:
    ada = world.signed_up()
    ada.address = f"203.0.{int(world.tag) % 250}.{int(world.tag) // 1000 % 250}"
    for _ in range(6):
        ada.sign_in(password="wrong password")
    ada.sign_in()


def sends_an_expired_key(world: World) -> None:
    ada = world.signed_up()
    made = ada.post("/api-key/create", expiresIn=86_400 * 2).json()
    world.change(
        """UPDATE apikey SET "expiresAt" = now() AT TIME ZONE 'UTC' - interval '1 s'
        WHERE id = $1""",
        made["id"],
    )
    eve, shown = world.browser("eve"), {"x-api-key": made["key"]}
    eve.request("GET", "/get-session", headers=shown)
    eve.request("GET", "/list-sessions", headers=shown)
    eve.request("POST", "/update-user", headers=shown, json={"name": "Eve"})
