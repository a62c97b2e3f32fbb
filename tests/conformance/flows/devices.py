"""Signing in on a device without a keyboard (RFC 8628)."""

from typing import Any

from tests.conformance.world import Browser, World

GRANT = "urn:ietf:params:oauth:grant-type:device_code"


def _codes(device: Browser, **more: Any) -> dict[str, Any]:
    codes: dict[str, Any] = device.post("/device/code", client_id="television", **more).json()
    return codes


def _polls(device: Browser, codes: dict[str, Any], **more: Any) -> None:
    body = {"grant_type": GRANT, "device_code": codes["device_code"], "client_id": "television"}
    device.post("/device/token", **{**body, **more})


def _does_not_wait(world: World, codes: dict[str, Any]) -> None:
    world.change(
        'UPDATE "deviceCode" SET "lastPolledAt" = NULL WHERE "deviceCode" = $1',
        codes["device_code"],
    )


def signs_a_device_in(world: World) -> None:
    television, ada = world.browser("television"), world.signed_up()
    codes = _codes(television, scope="openid profile")
    _polls(television, codes)
    ada.get("/device", user_code=codes["user_code"])
    ada.post("/device/approve", userCode=codes["user_code"])
    _does_not_wait(world, codes)
    _polls(television, codes)
    _polls(television, codes)
    ada.get("/list-sessions")


def refuses_a_device(world: World) -> None:
    television, ada = world.browser("television"), world.signed_up()
    codes = _codes(television)
    ada.get("/device", user_code=codes["user_code"])
    ada.post("/device/deny", userCode=codes["user_code"])
    _polls(television, codes)
    _polls(television, codes)
    ada.post("/device/approve", userCode=codes["user_code"])


def types_the_code_in_another_format(world: World) -> None:
    television, ada = world.browser("television"), world.signed_up()
    code = _codes(television)["user_code"]
    ada.get("/device", user_code=f"{code[:4]}-{code[4:]}")
    ada.get("/device", user_code=code.lower())
    ada.post("/device/approve", userCode=f"{code[:4]}-{code[4:]}")


def polls_too_often(world: World) -> None:
    television = world.browser("television")
    codes = _codes(television)
    _polls(television, codes)
    # However slow the machine is, the next poll comes too early.
    world.change(
        """UPDATE "deviceCode" SET "lastPolledAt" = now() AT TIME ZONE 'UTC' + interval '1 min'
        WHERE "deviceCode" = $1""",
        codes["device_code"],
    )
    _polls(television, codes)
    _does_not_wait(world, codes)
    _polls(television, codes)


def polls_wrongly(world: World) -> None:
    television = world.browser("television")
    codes = _codes(television)
    _polls(television, codes, client_id="radio")
    _polls(television, codes, grant_type="authorization_code")
    _polls(television, codes, device_code="unknown")
    _polls(television, codes, device_code="")
    television.post("/device/token", grant_type=GRANT)
    television.post("/device/token", client_id="television")
    television.post("/device/token")
    television.post("/device/code")
    television.post("/device/code", client_id="")


def uses_expired_device_codes(world: World) -> None:
    television, ada = world.browser("television"), world.signed_up()
    codes = _codes(television)
    world.change(
        """UPDATE "deviceCode" SET "expiresAt" = now() AT TIME ZONE 'UTC' - interval '1 s'
        WHERE "deviceCode" = $1""",
        codes["device_code"],
    )
    ada.get("/device", user_code=codes["user_code"])
    ada.post("/device/approve", userCode=codes["user_code"])
    ada.post("/device/deny", userCode=codes["user_code"])
    _polls(television, codes)


def approves_an_unclaimed_code(world: World) -> None:
    television, ada = world.browser("television"), world.signed_up()
    codes = _codes(television)
    ada.post("/device/approve", userCode=codes["user_code"])
    ada.post("/device/deny", userCode=codes["user_code"])


def approves_a_code_that_another_user_claimed(world: World) -> None:
    television, ada, eve = world.browser("television"), world.signed_up(), world.signed_up("eve")
    code = _codes(television)["user_code"]
    ada.get("/device", user_code=code)
    eve.post("/device/approve", userCode=code)
    eve.post("/device/deny", userCode=code)
    eve.get("/device", user_code=code)
    ada.post("/device/approve", userCode=code)
    ada.post("/device/approve", userCode=code)
    ada.post("/device/deny", userCode=code)


def approves_wrongly(world: World) -> None:
    television, ada, signed_out = world.browser("television"), world.signed_up(), world.browser("x")
    code = _codes(television)["user_code"]
    signed_out.get("/device", user_code=code)
    signed_out.post("/device/approve", userCode=code)
    signed_out.post("/device/deny", userCode=code)
    for path in ("/device/approve", "/device/deny"):
        ada.post(path, userCode="UNKNOWN1")
        ada.post(path, userCode="")
        ada.post(path)
    ada.get("/device", user_code="UNKNOWN1")
    ada.get("/device")
