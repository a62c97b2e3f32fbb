"""The OAuth 2.1 and OpenID Connect provider."""

from urllib.parse import urlsplit

from tests.conformance.oauth_client import CALLBACK, Client, asks_who, client_of, code_of
from tests.conformance.world import World


def authorizes_a_client(world: World) -> None:
    client = client_of(world)
    tokens = client.redeems(client.gets_consent(client.asks()))
    asks_who(world, tokens["access_token"])
    client.shows("/oauth2/introspect", tokens["access_token"])
    client.shows("/oauth2/introspect", tokens["refresh_token"], token_type_hint="refresh_token")
    client.user.get("/oauth2/get-consents")


def authorizes_a_client_with_stored_consent(world: World) -> None:
    """A stored consent is not asked for again."""
    client = client_of(world)
    client.redeems(client.gets_consent(client.asks()))
    client.redeems(code_of(client.asks()))
    client.asks(scope="openid")
    client.asks(prompt="consent")
    client.asks(prompt="none")
    client.asks(prompt="login")


def consents_to_fewer_scopes(world: World) -> None:
    client = client_of(world)
    tokens = client.redeems(
        client.gets_consent(client.asks(scope="openid profile"), scope="openid")
    )
    asks_who(world, tokens.get("access_token", "none"))
    tokens = client.redeems(client.gets_consent(client.asks(scope="openid"), scope="openid email"))


def denies_consent(world: World) -> None:
    client = client_of(world)
    page = client.asks()
    client.user.post("/oauth2/consent", accept=False, oauth_query=urlsplit(page).query)
    client.user.get("/oauth2/get-consents")


def must_sign_in_first(world: World) -> None:
    client = client_of(world)
    client.user.post("/sign-out")
    page = client.asks()
    client.asks(prompt="none")
    ada = client.user
    body = {"email": ada.email, "password": ada.password}
    ada.post("/sign-in/email", **body, oauth_query=urlsplit(page).query)


def renews_tokens(world: World) -> None:
    client = client_of(world)
    tokens = client.redeems(client.gets_consent(client.asks()))
    new = client.gets(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    asks_who(world, new["access_token"])
    client.gets(grant_type="refresh_token", refresh_token=new["refresh_token"], scope="openid")
    # A refresh token that is used again may be stolen.
    client.gets(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    client.gets(grant_type="refresh_token", refresh_token=new["refresh_token"])


def renews_tokens_wrongly(world: World) -> None:
    client = client_of(world)
    tokens = client.redeems(client.gets_consent(client.asks()))
    client.gets(grant_type="refresh_token")
    client.gets(grant_type="refresh_token", refresh_token="unknown")
    client.gets(grant_type="refresh_token", refresh_token=tokens["access_token"])
    token = tokens["refresh_token"]
    client.gets(grant_type="refresh_token", refresh_token=token, client_secret="wrong")
    client.gets(grant_type="refresh_token", refresh_token=token, scope="openid nonsense")


def revokes_tokens(world: World) -> None:
    client = client_of(world)
    tokens = client.redeems(client.gets_consent(client.asks()))
    access, refresh = tokens["access_token"], tokens["refresh_token"]
    client.shows("/oauth2/revoke", access, token_type_hint="access_token")
    client.shows("/oauth2/introspect", access)
    asks_who(world, access)
    client.shows("/oauth2/revoke", refresh, token_type_hint="refresh_token")
    client.shows("/oauth2/introspect", refresh)
    client.gets(grant_type="refresh_token", refresh_token=refresh)
    client.shows("/oauth2/revoke", "unknown")


def redeems_a_code_twice(world: World) -> None:
    client = client_of(world)
    code = client.gets_consent(client.asks())
    tokens = client.redeems(code)
    client.redeems(code)
    asks_who(world, tokens["access_token"])


def redeems_a_code_wrongly(world: World) -> None:
    client = client_of(world)
    client.redeems(client.gets_consent(client.asks()), code_verifier="x" * 64)
    wrongs: list[dict[str, str | None]] = [
        {"code_verifier": None},
        {"redirect_uri": "https://client.example.com/other"},
        {"redirect_uri": None},
        {"client_secret": "wrong"},
        {"client_secret": None},
        {"client_id": "unknown"},
        {"client_id": None},
    ]
    for wrong in wrongs:
        client.redeems(code_of(client.asks()), **wrong)
    client.redeems("unknown")
    client.redeems("")
    client.gets(grant_type="authorization_code")
    client.gets(grant_type="password")
    client.gets()


def redeems_an_expired_code(world: World) -> None:
    client = client_of(world)
    code = client.gets_consent(client.asks())
    world.change(
        """UPDATE verification SET "expiresAt" = now() AT TIME ZONE 'UTC' - interval '1 s'
        WHERE value LIKE $1""",
        f"%{client.id}%",
    )
    client.redeems(code)


def redeems_the_code_of_another_client(world: World) -> None:
    client = client_of(world)
    code = client.gets_consent(client.asks())
    body = {"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "client_secret_post"}
    made = world.signed_up("eve").post("/oauth2/create-client", **body).json()
    other = Client(client.user, made["client_id"], made["client_secret"], client.verifier)
    other.redeems(code)
    client.redeems(code)


def sends_invalid_authorization_requests(world: World) -> None:
    client = client_of(world)
    wrongs: list[dict[str, str | None]] = [
        {"client_id": "unknown"},
        {"client_id": None},
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": "https://client.example.com/callback/more"},
        {"redirect_uri": None},
        {"response_type": "token"},
        {"response_type": None},
        {"scope": "openid nonsense"},
        {"scope": None},
        {"state": None},
        {"code_challenge": None},
        {"code_challenge_method": "plain"},
        {"code_challenge": None, "code_challenge_method": None},
        {"prompt": "nonsense"},
        {"max_age": "x"},
        {"nonce": "nonce"},
    ]
    for wrong in wrongs:
        client.asks(**wrong)


def sends_invalid_consents(world: World) -> None:
    client = client_of(world)
    page = urlsplit(client.asks()).query
    ada, eve = client.user, world.signed_up("eve")
    ada.post("/oauth2/consent", accept=True)
    ada.post("/oauth2/consent", accept=True, oauth_query="nonsense")
    ada.post("/oauth2/consent", accept=True, oauth_query=page.replace("openid", "admin"))
    ada.post("/oauth2/consent", oauth_query=page)
    ada.post("/oauth2/consent", accept=True, oauth_query=page, scope="openid nonsense")
    world.browser("nobody").post("/oauth2/consent", accept=True, oauth_query=page)
    eve.post("/oauth2/consent", accept=True, oauth_query=page)
    ada.post("/oauth2/continue", selected=True, oauth_query=page)
    ada.post("/oauth2/continue")


def revokes_a_consent(world: World) -> None:
    client = client_of(world)
    client.redeems(client.gets_consent(client.asks()))
    ada, eve = client.user, world.signed_up("eve")
    consent = ada.get("/oauth2/get-consents").json()[0]["id"]
    ada.get("/oauth2/get-consent", id=consent)
    for caller in (eve, world.browser("nobody")):
        caller.get("/oauth2/get-consent", id=consent)
        caller.post("/oauth2/update-consent", id=consent, update={"scopes": ["openid"]})
        caller.post("/oauth2/delete-consent", id=consent)
        caller.get("/oauth2/get-consents")
    ada.post("/oauth2/update-consent", id=consent, update={"scopes": ["openid"]})
    ada.post("/oauth2/update-consent", id=consent, update={"scopes": ["nonsense"]})
    ada.post("/oauth2/delete-consent", id=consent)
    ada.post("/oauth2/delete-consent", id=consent)
    ada.get("/oauth2/get-consent", id="unknown")
    client.asks()


def uses_the_client_credentials_grant(world: World) -> None:
    """This grant has no user."""
    ada = world.signed_up()
    body = {
        "client_name": "Robot",
        "grant_types": ["client_credentials"],
        "token_endpoint_auth_method": "client_secret_post",
    }
    made = ada.post("/oauth2/create-client", **body).json()
    client = Client(ada, made.get("client_id", "none"), made.get("client_secret", "none"))
    client.gets(grant_type="client_credentials")
    client.gets(grant_type="client_credentials", scope="openid")
    client.gets(grant_type="client_credentials", client_secret="wrong")


def sends_invalid_userinfo_requests(world: World) -> None:
    signed_out = world.browser()
    signed_out.get("/oauth2/userinfo")
    asks_who(world, "unknown")
    asks_who(world, "a.b.c")
    client = client_of(world)
    client.shows("/oauth2/introspect", "unknown")
    client.shows("/oauth2/introspect", "unknown", client_secret="wrong")
    client.shows("/oauth2/introspect", "unknown", client_id=None, client_secret=None)
    client.shows("/oauth2/introspect", "")
    client.shows("/oauth2/revoke", "unknown", client_secret="wrong")
    signed_out.request("POST", "/oauth2/introspect", data={})
    signed_out.request("POST", "/oauth2/revoke", data={})
    signed_out.request("POST", "/oauth2/token", data={})
    signed_out.post("/oauth2/token", grant_type="authorization_code")


def publishes_its_metadata(world: World) -> None:
    signed_out = world.browser()
    signed_out.get("/.well-known/openid-configuration")
    signed_out.get("/.well-known/oauth-authorization-server")
    signed_out.get("/oauth2/end-session")
    signed_out.get("/oauth2/end-session", id_token_hint="nonsense", post_logout_redirect_uri="/")


def ends_the_session_of_the_provider(world: World) -> None:
    client = client_of(world)
    tokens = client.redeems(client.gets_consent(client.asks()))
    ada = client.user
    ada.get("/oauth2/end-session", id_token_hint=tokens.get("id_token", "none"))
    ada.get("/oauth2/end-session", id_token_hint="nonsense")
    ada.session()
