"""The HTTP glue, on an application with real tables: what it believes, and what it refuses."""

import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import quote, unquote

import httpx
import pytest
from better_auth import BetterAuth, IPAddressOptions, RateLimit, Where
from better_auth.crypto import sign_value
from better_auth.plugins_ext import BearerPlugin
from better_auth_prisma import prisma_adapter
from better_auth_prisma.http import mount_auth
from better_auth_prisma.sessions import SessionReader
from fastapi import Depends, FastAPI, HTTPException, WebSocket
from fastapi_better_auth import AdminUser, Session
from starlette.testclient import TestClient, WebSocketDenialResponse

from tests.bridge.configurations import BASE_URL, configure
from tests.bridge.conftest import Database

PERSON = {"email": "ada@example.com", "password": "correct horse", "name": "Ada"}
HERE = "203.0.113.9"


@asynccontextmanager
async def serving(
    database: Database, **options: Any
) -> AsyncIterator[tuple[BetterAuth, httpx.ASGITransport]]:
    engine = database.engine()
    auth = configure(prisma_adapter(engine, provider=database.provider), **options)
    app = FastAPI()
    mount_auth(app, auth)
    reader = SessionReader(auth, AdminUser)

    @app.api_route("/me", methods=["GET", "POST"])
    async def me(session: Annotated[Session[AdminUser] | None, Depends(reader)]) -> dict[str, Any]:
        if session is None:
            raise HTTPException(401)
        return {"email": session.user.email}

    try:
        yield auth, httpx.ASGITransport(app, client=(HERE, 4000), raise_app_exceptions=True)
    finally:
        await auth.adapter.delete_many("user", [Where("email", PERSON["email"])])
        await engine.dispose()


def browser(transport: httpx.ASGITransport, **headers: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=transport, base_url=BASE_URL, headers={"origin": BASE_URL, **headers}
    )


@pytest.fixture
async def served(sqlite: Database) -> AsyncIterator[tuple[BetterAuth, httpx.ASGITransport]]:
    async with serving(sqlite) as pair:
        yield pair


@pytest.fixture
def auth(served: tuple[BetterAuth, httpx.ASGITransport]) -> BetterAuth:
    return served[0]


@pytest.fixture
async def ada(served: tuple[BetterAuth, httpx.ASGITransport]) -> AsyncIterator[httpx.AsyncClient]:
    """The browser of somebody who has signed up."""
    async with browser(served[1]) as client:
        (await client.post("/api/auth/sign-up/email", json=PERSON)).raise_for_status()
        yield client


async def session_of_ada(auth: BetterAuth) -> dict[str, Any]:
    user = await auth.adapter.find_one("user", [Where("email", PERSON["email"])])
    assert user is not None
    [session] = await auth.adapter.find_many("session", [Where("userId", user["id"])])
    return session


def cookie_of(client: httpx.AsyncClient) -> str:
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.cookies.jar)


# --- cookies ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cookies",
    [
        'a={{"x":1}}; {0}',
        "noequals; {0}",
        "a@b=1; {0}",
        "; ;; =; {0}; ",
        "x=é; {0}",
        "{0}; better-auth.session_token=forged",
        "a=%F0%9F%98%80; {0}",
    ],
)
async def test_odd_neighbours_do_not_sign_anybody_out(ada: httpx.AsyncClient, cookies: str) -> None:
    header = cookies.format(cookie_of(ada)).encode()
    ada.cookies.clear()
    for path in ("/me", "/api/auth/get-session"):
        response = await ada.get(path, headers={b"cookie": header})
        assert response.status_code == 200 and PERSON["email"] in response.text


async def test_several_cookie_headers_and_a_quoted_value(ada: httpx.AsyncClient) -> None:
    name, _, value = cookie_of(ada).partition("=")
    ada.cookies.clear()
    headers = [("cookie", "a=1"), ("cookie", f'{name}="{value}"')]
    assert (await ada.get("/me", headers=headers)).status_code == 200


#: As long as a signature, so that it is compared with one; Python compares ASCII only.
NOT_ASCII = "%C3%A9" + "A" * 42 + "="


@pytest.mark.parametrize(
    "value",
    ["", "é.é", f"a.{NOT_ASCII}", "a.b", "%00.%00", "x" * 5000, "a.b; b=", '"'],
)
async def test_a_cookie_that_nobody_signed(ada: httpx.AsyncClient, value: str) -> None:
    ada.cookies.clear()
    header = f"better-auth.session_token={value}".encode()
    assert (await ada.get("/me", headers={b"cookie": header})).status_code == 401
    assert (await ada.get("/api/auth/get-session", headers={b"cookie": header})).json() is None


# --- bodies -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"name":5}', "VALIDATION_ERROR"),
        (b'{"name":["a"]}', "VALIDATION_ERROR"),
        (b'{"image":{"a":1}}', "VALIDATION_ERROR"),
        (b'{"name":true}', "VALIDATION_ERROR"),
        (rb'{"name":"\ud800"}', "VALIDATION_ERROR"),
        (rb'{"name":"a\u0000b"}', "VALIDATION_ERROR"),
        (rb'{"metadata":[{"\udfff":1}]}', "VALIDATION_ERROR"),
        (b"[]", "VALIDATION_ERROR"),
        (b"null", "VALIDATION_ERROR"),
        (b'{"name":', "BAD_REQUEST"),
        (b'{"name":NaN}', "BAD_REQUEST"),
        (b'\xff\xfe{"name":"x"}', "BAD_REQUEST"),
        ('{"name":"x"}'.encode("utf-16"), "BAD_REQUEST"),
        (b"[" * 500_000, "BAD_REQUEST"),
        (b'{"a":' * 150_000, "BAD_REQUEST"),
    ],
)
async def test_a_body_that_makes_no_sense(ada: httpx.AsyncClient, body: bytes, code: str) -> None:
    headers = {"content-type": "application/json"}
    response = await ada.post("/api/auth/update-user", content=body, headers=headers)
    assert (response.status_code, response.json()["code"]) == (400, code)


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": 5},
        {"email": None},
        {"password": ["a"]},
        {"password": True},
        {"callbackURL": {"a": 1}},
        {"rememberMe": "yes"},
    ],
    ids=str,
)
async def test_a_member_of_another_type(ada: httpx.AsyncClient, wrong: dict[str, Any]) -> None:
    answer = await ada.post("/api/auth/sign-in/email", json={**PERSON, **wrong})
    assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR")


async def test_brackets_in_a_string_are_no_nesting(ada: httpx.AsyncClient) -> None:
    name = '[{"' * 500 + "\\"
    assert (await ada.post("/api/auth/update-user", json={"name": name})).status_code == 200


@pytest.mark.parametrize("content_type", ["text/plain", "", "application/jsonp", "multipart/x"])
async def test_a_body_of_another_type(ada: httpx.AsyncClient, content_type: str) -> None:
    headers = {"content-type": content_type} if content_type else {}
    response = await ada.post("/api/auth/update-user", content=b'{"name":"x"}', headers=headers)
    assert response.status_code == 415
    assert response.json()["code"] == "UNSUPPORTED_MEDIA_TYPE"


async def test_a_body_without_end(ada: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 65_536

    headers = {"content-type": "application/json"}
    response = await ada.post("/api/auth/update-user", content=chunks(), headers=headers)
    assert response.status_code == 413


@pytest.mark.parametrize(
    "path", ["/verify-email?token=%00", "/reset-password/%00?callbackURL=/", "/verify-email?%00=1"]
)
async def test_a_zero_byte_in_the_url(ada: httpx.AsyncClient, path: str) -> None:
    assert (await ada.get(f"/api/auth{path}")).status_code == 400


@pytest.mark.parametrize("path", ["/verify-email?token=x&", "/reset-password/x?"])
@pytest.mark.parametrize("place", ["/€ \U0001f600", f"{BASE_URL}/€\r\nX-Evil: y"])
async def test_a_redirect_is_ascii_in_one_line(
    ada: httpx.AsyncClient, path: str, place: str
) -> None:
    response = await ada.get(f"/api/auth{path}callbackURL={quote(place)}")
    location = response.headers["location"]
    assert response.status_code == 302 and location.startswith(f"{BASE_URL}/%E2%82%AC")
    assert " " not in location and "x-evil" not in response.headers


@pytest.mark.parametrize("place", ["/€", f"{BASE_URL}/€\r\nX-Evil: y"])
async def test_a_place_to_go_to_after_signing_in(ada: httpx.AsyncClient, place: str) -> None:
    person = {**PERSON, "username": "ada"}
    (await ada.post("/api/auth/update-user", json={"username": "ada"})).raise_for_status()
    response = await ada.post("/api/auth/sign-in/username", json={**person, "callbackURL": place})
    assert response.status_code == 200, response.text
    assert response.json()["url"] == place
    assert response.headers["location"] == quote(place, safe=":/")


async def test_times_are_written_as_javascript_does(ada: httpx.AsyncClient) -> None:
    created = (await ada.get("/api/auth/get-session")).json()["user"]["createdAt"]
    assert len(created) == len("2026-11-23T14:16:15.641Z") and created.endswith("Z")


# --- the client's address -----------------------------------------------------------------

WRONG = {"email": "nobody@example.com", "password": "wrong password"}


@pytest.mark.parametrize(
    ("proxies", "forwarded", "recorded"),
    [
        ([], None, HERE),
        ([], "198.51.100.1", HERE),
        ([], "garbage", HERE),
        (["10.0.0.0/8"], "198.51.100.1", HERE),
        ([HERE], "198.51.100.1", "198.51.100.1"),
        ([HERE], "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ([HERE, "10.0.0.0/8"], "6.6.6.6, 198.51.100.1, 10.1.2.3", "198.51.100.1"),
        ([HERE], "198.51.100.1:4711", "198.51.100.1"),
        ([HERE], "[2001:db8:1:2:3::4]:4711", "2001:db8:1:2::"),
        ([HERE], "6.6.6.6, garbage", ""),
        ([HERE], None, HERE),
    ],
)
async def test_the_address_of_a_session(
    sqlite: Database, proxies: list[str], forwarded: str | None, recorded: str
) -> None:
    options = IPAddressOptions(trusted_proxies=proxies)
    async with serving(sqlite, ip_address=options) as (auth, transport):
        headers = {"x-forwarded-for": forwarded} if forwarded else {}
        async with browser(transport, **headers) as client:
            (await client.post("/api/auth/sign-up/email", json=PERSON)).raise_for_status()
            session = await session_of_ada(auth)
    assert session["ipAddress"] == recorded


async def test_what_uvicorn_took_from_the_header_is_not_believed(sqlite: Database) -> None:
    """Uvicorn sets the client to what the header says when the peer is on this machine."""
    async with serving(sqlite) as (auth, transport):
        transport.client = ("198.51.100.1", 0)
        async with browser(transport, **{"x-forwarded-for": "198.51.100.1"}) as client:
            (await client.post("/api/auth/sign-up/email", json=PERSON)).raise_for_status()
            session = await session_of_ada(auth)
    assert session["ipAddress"] == "127.0.0.1"


@pytest.mark.parametrize("storage", ["memory", "database"])
async def test_a_new_address_in_each_request_does_not_lift_the_limit(
    sqlite: Database, storage: str
) -> None:
    limit = RateLimit(enabled=True, storage=storage)
    async with serving(sqlite, rate_limit=limit) as (_, transport), browser(transport) as client:
        statuses = [
            (
                await client.post(
                    "/api/auth/sign-in/email",
                    json=WRONG,
                    headers={"x-forwarded-for": f"198.51.100.{number}"},
                )
            ).status_code
            for number in range(5)
        ]
    assert statuses == [401, 401, 401, 429, 429]


# --- sessions in the application's own routes ---------------------------------------------


async def test_a_session_is_read_and_ended(ada: httpx.AsyncClient) -> None:
    assert (await ada.get("/me")).json() == {"email": PERSON["email"]}
    (await ada.post("/api/auth/sign-out", json={})).raise_for_status()
    assert (await ada.get("/me")).status_code == 401


async def test_a_session_is_renewed_with_its_cookie(
    ada: httpx.AsyncClient, auth: BetterAuth
) -> None:
    soon = datetime.now(UTC) + timedelta(days=1)
    session = await session_of_ada(auth)
    await auth.adapter.update("session", [Where("id", session["id"])], {"expiresAt": soon})
    response = await ada.get("/me")
    assert "Max-Age=604800" in response.headers["set-cookie"]
    renewed = await session_of_ada(auth)
    assert renewed["expiresAt"] > soon + timedelta(days=5)


async def test_an_expired_session_ends_and_its_cookie_goes(
    ada: httpx.AsyncClient, auth: BetterAuth
) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    session = await session_of_ada(auth)
    await auth.adapter.update("session", [Where("id", session["id"])], {"expiresAt": past})
    response = await ada.get("/me")
    assert response.status_code == 401
    assert "Max-Age=0" in response.headers["set-cookie"]


@pytest.mark.parametrize(
    ("expires", "status"), [(None, 401), (timedelta(hours=1), 401), (-timedelta(hours=1), 200)]
)
async def test_a_banned_user_is_out_at_once(
    ada: httpx.AsyncClient, auth: BetterAuth, expires: timedelta | None, status: int
) -> None:
    until = None if expires is None else datetime.now(UTC) + expires
    where = [Where("email", PERSON["email"])]
    await auth.adapter.update("user", where, {"banned": True, "banExpires": until})
    assert (await ada.get("/me")).status_code == status


async def test_a_foreign_page_cannot_write(ada: httpx.AsyncClient) -> None:
    assert (await ada.post("/me")).status_code == 200
    assert (await ada.post("/me", headers={"origin": "https://evil.example"})).status_code == 403
    del ada.headers["origin"]
    response = await ada.post("/me")
    assert response.status_code == 403
    assert response.json()["detail"]["code"] == "MISSING_OR_NULL_ORIGIN"
    assert (await ada.get("/me")).status_code == 200


def test_a_foreign_page_cannot_open_a_websocket(sqlite: Database) -> None:
    engine = sqlite.engine()
    auth = configure(prisma_adapter(engine, provider="sqlite"))
    reader = SessionReader(auth, AdminUser)
    app = FastAPI()
    mount_auth(app, auth)

    @app.websocket("/talk")
    async def talk(
        socket: WebSocket, session: Annotated[Session[AdminUser] | None, Depends(reader)]
    ) -> None:
        await socket.accept()
        await socket.send_text(str(session.user.email if session else None))

    with TestClient(app, base_url=BASE_URL, headers={"origin": BASE_URL}) as client:
        client.post("/api/auth/sign-up/email", json=PERSON).raise_for_status()
        cookie = {"cookie": "; ".join(f"{it.name}={it.value}" for it in client.cookies.jar)}
        with client.websocket_connect("/talk", headers=cookie) as socket:
            assert socket.receive_text() == PERSON["email"]
        foreign = {**cookie, "origin": "https://evil.example"}
        with (
            pytest.raises(WebSocketDenialResponse) as refused,
            client.websocket_connect("/talk", headers=foreign),
        ):
            pass
        assert refused.value.status_code == 403
        assert client.portal is not None
        client.portal.call(auth.adapter.delete_many, "user", [Where("email", PERSON["email"])])
        client.portal.call(engine.dispose)


async def test_the_bearer_plugin_decides_about_tokens(
    ada: httpx.AsyncClient, auth: BetterAuth
) -> None:
    session = await session_of_ada(auth)
    ada.cookies.clear()

    async def status(token: str) -> int:
        response = await ada.get("/me", headers={b"authorization": f"Bearer {token}".encode()})
        return response.status_code

    assert await status(session["token"]) == 401, "the plugin wants a signature"
    assert await status(sign_value(auth.secret, session["token"])) == 200
    for forged in ("é.é", f"a.{NOT_ASCII}", f"a.{unquote(NOT_ASCII)}"):
        assert await status(forged) == 401


async def test_without_the_bearer_plugin_a_token_is_nothing(
    ada: httpx.AsyncClient, auth: BetterAuth
) -> None:
    session = await session_of_ada(auth)
    auth.plugins[:] = [plugin for plugin in auth.plugins if plugin.id != "bearer"]
    headers = [
        {"authorization": f"Bearer {token}"}
        for token in (session["token"], sign_value(auth.secret, session["token"]))
    ]
    by_cookie = await ada.get("/api/auth/get-session", headers=headers[0])
    assert by_cookie.json()["user"]["email"] == PERSON["email"]
    ada.cookies.clear()
    for header in headers:
        assert (await ada.get("/api/auth/get-session", headers=header)).json() is None
        assert (await ada.get("/me", headers=header)).status_code == 401


@pytest.mark.parametrize("authorization", ["Basic eDp5", "Bearer some.other.token"])
async def test_an_authorization_of_others_asks_for_no_origin(
    served: tuple[BetterAuth, httpx.ASGITransport], authorization: str
) -> None:
    """A client that is no browser sends no cookie, so nobody can make it write."""
    auth, transport = served
    auth.plugins[:] = [plugin for plugin in auth.plugins if plugin.id != "bearer"]
    async with browser(transport, authorization=authorization) as client:
        del client.headers["origin"]
        signed_up = await client.post("/api/auth/sign-up/email", json=PERSON)
        assert signed_up.status_code == 200, signed_up.text
        client.cookies.clear()
        assert (await client.post("/me")).status_code == 401


@pytest.mark.parametrize("require_signature", [True, False])
@pytest.mark.parametrize("cookie", [None, "", "forged.signature"])
async def test_of_a_bearer_and_a_cookie_the_bearer_counts(
    sqlite: Database, require_signature: bool, cookie: str | None
) -> None:
    """On every route: one request must not be two people."""
    plugins = [BearerPlugin(require_signature=require_signature)]
    async with serving(sqlite, plugins=plugins) as (auth, transport), browser(transport) as client:
        bob = {**PERSON, "email": f"{secrets.token_hex(8)}@example.com"}
        (await client.post("/api/auth/sign-up/email", json=bob)).raise_for_status()
        bobs_cookie = cookie_of(client)
        client.cookies.clear()
        (await client.post("/api/auth/sign-up/email", json=PERSON)).raise_for_status()
        token = sign_value(auth.secret, (await session_of_ada(auth))["token"])
        client.cookies.clear()
        sent = bobs_cookie if cookie is None else f"better-auth.session_token={cookie}"
        client.headers.update({"cookie": sent, "authorization": f"Bearer {token}"})
        session = (await client.get("/api/auth/get-session")).json()
        assert session["user"]["email"] == PERSON["email"]
        assert (await client.get("/me")).json() == {"email": PERSON["email"]}
        client.headers["authorization"] = "Bearer forged.signature"
        status = 200 if cookie is None else 401
        assert (await client.get("/me")).status_code == status
        await auth.adapter.delete_many("user", [Where("email", bob["email"])])


async def test_an_api_key_stands_for_its_owner(ada: httpx.AsyncClient) -> None:
    created = await ada.post("/api/auth/api-key/create", json={"name": "ci"})
    created.raise_for_status()
    ada.cookies.clear()
    response = await ada.get("/me", headers={"x-api-key": created.json()["key"]})
    assert response.json() == {"email": PERSON["email"]}
    wrong = await ada.get("/me", headers={"x-api-key": "x" * 64})
    assert 400 <= wrong.status_code < 500, wrong.text


async def test_the_query_of_a_route_is_its_own(ada: httpx.AsyncClient) -> None:
    assert (await ada.get("/me?x=%00")).status_code == 200
    assert (await ada.post("/me?callbackURL=https://elsewhere.example")).status_code == 200


async def test_head_is_get_without_a_body(ada: httpx.AsyncClient) -> None:
    """As the official server has it behind Hono."""
    answer = await ada.head("/api/auth/get-session")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert (await ada.put("/api/auth/get-session")).status_code == 405


async def test_json_of_the_answers_is_utf_8(ada: httpx.AsyncClient) -> None:
    await ada.post("/api/auth/update-user", json={"name": "Zoë \U0001f600"})
    response = await ada.get("/api/auth/get-session")
    assert json.loads(response.content)["user"]["name"] == "Zoë \U0001f600"
