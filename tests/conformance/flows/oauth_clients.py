"""OAuth clients: register, read, update, delete."""

from typing import Any

from tests.conformance.world import Browser, World

CALLBACK = "https://client.example.com/callback"


def _client(browser: Browser, **more: Any) -> dict[str, Any]:
    body = {"redirect_uris": [CALLBACK], "scope": "openid email", "client_name": "Client"}
    client: dict[str, Any] = browser.post("/oauth2/create-client", **{**body, **more}).json()
    return client


def registers_a_client(world: World) -> None:
    ada = world.signed_up()
    client = _client(ada, client_uri="https://client.example.com", contacts=["a@example.com"])
    ada.get("/oauth2/get-client", client_id=client["client_id"])
    ada.get("/oauth2/public-client", client_id=client["client_id"])
    ada.get("/oauth2/get-clients")


def registers_a_public_client(world: World) -> None:
    ada = world.signed_up()
    native = ["http://127.0.0.1:3000/callback", "app.example:/callback"]
    _client(ada, token_endpoint_auth_method="none", application_type="native", redirect_uris=native)
    _client(ada, token_endpoint_auth_method="none")
    ada.get("/oauth2/get-clients")


def registers_a_client_dynamically(world: World) -> None:
    """Dynamic client registration (RFC 7591), enabled in the configuration."""
    program = world.browser("program")
    body = {"redirect_uris": [CALLBACK], "client_name": "Program"}
    program.post("/oauth2/register", **body, token_endpoint_auth_method="none")
    program.post("/oauth2/register", **body)
    program.post("/oauth2/register", **body, token_endpoint_auth_method="client_secret_post")
    program.post("/oauth2/register", **body, scope="openid nonsense")
    program.post("/oauth2/register", **body, grant_types=["client_credentials"])
    program.post("/oauth2/register", client_name="No callback")
    program.post("/oauth2/register", redirect_uris=[])
    program.post("/oauth2/register", redirect_uris=["javascript:alert(1)"])
    world.signed_up().post("/oauth2/register", **body)


def cannot_register_a_client(world: World) -> None:
    ada = world.signed_up()
    _client(ada, redirect_uris=[])
    _client(ada, redirect_uris=["nonsense"])
    _client(ada, redirect_uris=["javascript:alert(1)"])
    _client(ada, redirect_uris=["http://client.example.com/callback"])
    _client(ada, redirect_uris=["https://client.example.com/#fragment"])
    _client(ada, scope="openid nonsense")
    _client(ada, grant_types=["nonsense"])
    _client(ada, response_types=["token"])
    _client(ada, token_endpoint_auth_method="nonsense")
    _client(ada, application_type="nonsense")
    _client(ada, logo_uri="javascript:alert(1)")
    ada.post("/oauth2/create-client")
    world.browser("nobody").post("/oauth2/create-client", redirect_uris=[CALLBACK])
    ada.get("/oauth2/get-clients")


def changes_a_client(world: World) -> None:
    ada = world.signed_up()
    client = _client(ada)["client_id"]
    ada.post("/oauth2/update-client", client_id=client, update={"client_name": "New"})
    uris = [CALLBACK, "https://other.example.com/"]
    ada.post("/oauth2/update-client", client_id=client, update={"redirect_uris": uris})
    ada.post("/oauth2/update-client", client_id=client, update={"redirect_uris": ["nonsense"]})
    ada.post("/oauth2/update-client", client_id=client, update={"scope": "openid"})
    ada.post("/oauth2/update-client", client_id=client, update={})
    ada.post("/oauth2/update-client", client_id=client)
    ada.post("/oauth2/update-client", client_id="unknown", update={"client_name": "New"})
    ada.post("/oauth2/client/rotate-secret", client_id=client)
    ada.get("/oauth2/get-client", client_id=client)


def cannot_access_a_client_of_another_user(world: World) -> None:
    ada, eve, signed_out = world.signed_up(), world.signed_up("eve"), world.browser("nobody")
    client = _client(ada)["client_id"]
    for caller in (eve, signed_out):
        for name in (client, "unknown"):
            caller.get("/oauth2/get-client", client_id=name)
            caller.get("/oauth2/public-client", client_id=name)
            caller.post("/oauth2/update-client", client_id=name, update={"client_name": "Eve"})
            caller.post("/oauth2/client/rotate-secret", client_id=name)
            caller.post("/oauth2/delete-client", client_id=name)
            caller.post("/oauth2/public-client-prelogin", client_id=name)
        caller.get("/oauth2/get-client")
        caller.get("/oauth2/get-clients")
    ada.get("/oauth2/get-client", client_id=client)


def deletes_a_client(world: World) -> None:
    ada = world.signed_up()
    client = _client(ada)["client_id"]
    ada.post("/oauth2/delete-client", client_id=client)
    ada.post("/oauth2/delete-client", client_id=client)
    ada.get("/oauth2/get-client", client_id=client)
    ada.get("/oauth2/get-clients")
