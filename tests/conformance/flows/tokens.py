"""JWTs, their keys, bearer tokens and one-time tokens."""

from tests.conformance.world import World


def requests_a_jwt(world: World) -> None:
    ada = world.signed_up()
    ada.get("/token")
    ada.get("/jwks")
    ada.get("/token")
    ada.session()


def requests_a_jwt_without_a_session(world: World) -> None:
    signed_out = world.browser()
    signed_out.get("/token")
    signed_out.get("/jwks")
    signed_out.post("/token")
    signed_out.post("/jwks")
    signed_out.request("GET", "/token", headers={"Authorization": "Bearer nonsense"})
    ada = world.signed_up()
    ada.post("/sign-out")
    ada.get("/token")


def sends_a_bearer_token(world: World) -> None:
    ada = world.signed_up()
    given = ada.sign_in()
    token = given.json()["token"]
    signed = given.headers["set-auth-token"]
    ada.forget()
    for value in (token, signed):
        bearer = {"Authorization": f"Bearer {value}"}
        ada.request("GET", "/get-session", headers=bearer)
        ada.request("GET", "/list-sessions", headers=bearer)
        ada.request("GET", "/token", headers=bearer)
        ada.request("POST", "/update-user", headers=bearer, json={"name": "Ada"})
        ada.forget()
    ada.headers = {"Authorization": f"Bearer {token}"}
    ada.post("/update-user", name="From a program")
    ada.post("/sign-out")
    ada.session()


def sends_a_bearer_token_and_a_cookie(world: World) -> None:
    ada, bob = world.signed_up(), world.signed_up("bob")
    token = bob.session()["session"]["token"]
    ada.request("GET", "/get-session", headers={"Authorization": f"Bearer {token}"})
    ada.request("GET", "/get-session", headers={"Authorization": "Bearer nonsense"})


def uses_a_one_time_token(world: World) -> None:
    ada = world.signed_up()
    token = ada.get("/one-time-token/generate").json()["token"]
    phone = world.browser()
    phone.post("/one-time-token/verify", token=token)
    phone.session()
    phone.post("/one-time-token/verify", token=token)
    ada.session()


def uses_an_expired_one_time_token(world: World) -> None:
    ada = world.signed_up()
    token = ada.get("/one-time-token/generate").json()["token"]
    world.change(
        """UPDATE verification SET "expiresAt" = now() AT TIME ZONE 'UTC' - interval '1 s'
        WHERE identifier = $1""",
        f"one-time-token:{token}",
    )
    phone = world.browser()
    phone.post("/one-time-token/verify", token=token)
    phone.session()


def uses_a_one_time_token_of_a_revoked_session(world: World) -> None:
    ada = world.signed_up()
    token = ada.get("/one-time-token/generate").json()["token"]
    ada.post("/sign-out")
    world.browser().post("/one-time-token/verify", token=token)


def cannot_create_a_one_time_token(world: World) -> None:
    signed_out = world.browser()
    signed_out.get("/one-time-token/generate")
    signed_out.post("/one-time-token/verify", token="unknown")
    signed_out.post("/one-time-token/verify", token="")
    signed_out.post("/one-time-token/verify")
    signed_out.post("/one-time-token/generate")
