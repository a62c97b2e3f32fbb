"""The session check in the application's routes."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from better_auth_sidecar import AuthServer
from better_auth_sidecar.testing import sign_in
from fastapi import FastAPI

from tests.sidecar.credentials import dont_remember
from tests.sidecar.session_world import (
    BASE_URL,
    Database,
    Official,
    Variant,
    application,
    make_visitor,
    official,
    running,
)
from tests.some import some


@pytest.fixture(scope="module", params=["postgresql", "sqlite"])
def each(request: pytest.FixtureRequest) -> Iterator[Official]:
    """An auth server on each database that Python queries."""
    if request.param == "postgresql":
        yield request.getfixturevalue("auth")
        return
    project: Path = request.getfixturevalue("sqlite_project")
    with official(project) as auth:
        yield auth


async def test_a_user_is_signed_in(each: Official) -> None:
    auth_server = AuthServer(each.project, each.settings)
    async with running(application(auth_server)) as client:
        assert (await client.get("/who")).json() is None
        answer = await client.get("/me")
        assert (answer.status_code, answer.json()) == (401, {"detail": "You are not signed in."})
        user = await sign_in(client, auth_server, name="Grace", role="admin", department="R&D")
        me = (await client.get("/me")).json()
        assert (me["id"], me["name"], me["role"]) == (user, "Grace", "admin")
        assert me["department"] == "R&D"
        session = (await client.get("/session")).json()
        assert session["userId"] == user and "token" not in session
        for key in ("createdAt", "updatedAt"):
            assert abs(_time(me[key]) - datetime.now(UTC)) < timedelta(minutes=2)


def _copy_cookies(of: httpx.AsyncClient, to: httpx.AsyncClient) -> None:
    for name, value in of.cookies.items():
        to.cookies.set(name, value)


def _time(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    assert found.tzinfo is not None
    return found


async def test_the_models_contain_the_official_servers_fields(each: Official) -> None:
    auth_server = AuthServer(each.project, each.settings)
    async with (
        running(application(auth_server)) as client,
        httpx.AsyncClient(base_url=each.address) as straight,
    ):
        body = {"name": "Ada", "email": "ada@example.com", "password": "correct horse"}
        headers = {"Origin": "http://localhost:8000"}
        answer = await straight.post(
            "/api/auth/sign-up/email", json={**body, "department": "R&D"}, headers=headers
        )
        assert answer.status_code == 200, answer.text
        theirs = (await straight.get("/api/auth/get-session")).json()
        _copy_cookies(straight, client)
        mine = (await client.get("/me")).json()
        session = (await client.get("/session")).json()
        for ours, official in ((mine, theirs["user"]), (session, theirs["session"])):
            for name, value in some(ours.items()):
                expected = official[name]
                if name.endswith("At"):
                    value, expected = _time(value), _time(expected)
                assert value == expected, name


async def test_twenty_tests_with_their_own_user_are_fast(auth: Official) -> None:
    """They hash no password; to hash ten would take longer, on any machine."""
    auth_server = AuthServer(auth.project, auth.settings)
    async with running(application(auth_server)) as client:
        await sign_in(client, auth_server)
        began = time.process_time()
        for _ in range(20):
            user = await sign_in(client, auth_server)
            assert (await client.get("/me")).json()["id"] == user
        ours = time.process_time() - began
    began = time.process_time()
    for _ in range(10):
        # With better-auth's parameters.
        hashlib.scrypt(b"password", salt=b"salt", n=16384, r=16, p=1, maxmem=2**26)
    assert ours < time.process_time() - began


async def test_tests_report_an_unknown_field(auth: Official) -> None:
    auth_server = AuthServer(auth.project, auth.settings)
    async with running(application(auth_server)) as client:
        with pytest.raises(LookupError, match="departement"):
            await sign_in(client, auth_server, departement="R&D")


def test_the_openapi_document_contains_the_cookie(auth: Official) -> None:
    described = application(AuthServer(auth.project, auth.settings)).openapi()
    name = "better-auth.session_token"
    scheme = {"type": "apiKey", "in": "cookie", "name": name}
    assert described["components"]["securitySchemes"] == {"session": scheme}
    assert described["paths"]["/me"]["get"]["security"] == [{"session": []}]


async def test_a_router_is_protected_as_a_whole(auth: Official) -> None:
    from fastapi import APIRouter, Depends

    auth_server = AuthServer(auth.project, auth.settings)
    app = application(auth_server)
    router = APIRouter(dependencies=[Depends(app.state.sessions.current_user)])

    @router.get("/inside")
    async def inside() -> str:
        return "inside"

    app.include_router(router)
    async with running(app) as client:
        assert (await client.get("/inside")).status_code == 401
        await sign_in(client, auth_server)
        assert (await client.get("/inside")).json() == "inside"


async def test_a_test_overrides_the_current_user(auth: Official) -> None:
    app = application(AuthServer(auth.project, auth.settings))
    sessions = app.state.sessions
    ada = {"id": "1", "name": "Ada", "email": "ada@example.com", "emailVerified": True}
    now = datetime.now(UTC)
    app.dependency_overrides[sessions.current_user] = lambda: {
        **ada,
        "createdAt": now,
        "updatedAt": now,
    }
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://localhost:8000"
    ) as client:
        assert (await client.get("/me")).json()["name"] == "Ada"


# --- renewal ------------------------------------------------------------------------------


async def _due(auth: Official, auth_server: AuthServer) -> dict[str, str]:
    """The headers of a session that is two days old."""
    visitor = await make_visitor(auth_server)
    expires = datetime.now(UTC) + timedelta(days=5)
    await Database(auth).change("session", "token", visitor.token, expiresAt=expires)
    return visitor.headers


def _cookies(headers: list[tuple[bytes, bytes]]) -> list[bytes]:
    return [value for name, value in headers if name == b"set-cookie"]


async def test_api_keys(auth: Official) -> None:
    """A wrong key counts as no session, like a wrong cookie; a rate-limited key gets 429."""
    auth_server = AuthServer(auth.project, auth.settings)
    async with running(application(auth_server)) as client, httpx.AsyncClient() as browser:
        visitor = await make_visitor(auth_server)
        headers = {"Origin": BASE_URL, **visitor.headers}
        url = f"{auth.address}/api/auth/api-key/create"
        key = (await browser.post(url, headers=headers, json={})).json()["key"]

        async def who(key: str) -> httpx.Response:
            return await client.get("/who", headers={"x-api-key": key})

        for wrong in ("", "short", "x" * len(key)):
            answer = await who(wrong)
            assert (answer.status_code, answer.json()) == (200, None)
        for _ in range(2):
            assert (await who(key)).json() == visitor.user
        assert (await who(key)).status_code == 429


@pytest.mark.parametrize("path", ["/me", "/who", "/raw", "/teapot"])
async def test_a_used_session_is_renewed(each: Official, path: str) -> None:
    """Whether the route returns a model, a response, or an error."""
    auth_server = AuthServer(each.project, each.settings)
    async with running(application(auth_server)) as client:
        headers = await _due(each, auth_server)
        answer = await client.get(path, headers=headers)
        assert answer.status_code == (418 if path == "/teapot" else 200)
        [renewed] = answer.headers.get_list("set-cookie")
        assert renewed.startswith("better-auth.session_token=") and "Max-Age=604800" in renewed
        assert answer.headers["cache-control"] == "no-store"
        again = await client.get(path, headers=headers)
        assert "set-cookie" not in again.headers, "once a day is enough"
        expires = _time((await client.get("/session", headers=headers)).json()["expiresAt"])
        assert expires - datetime.now(UTC) > timedelta(days=6, hours=23)


async def test_a_websocket_renews_the_session(auth: Official) -> None:
    auth_server = AuthServer(auth.project, auth.settings)
    app = application(auth_server)
    async with running(app):
        headers = await _due(auth, auth_server)
        sent = await _talk(app, headers["cookie"], "http://localhost:8000")
        assert sent[0]["type"] == "websocket.accept"
        assert len(_cookies(sent[0]["headers"])) == 1


async def _talk(app: FastAPI, cookie: str, origin: str | None) -> list[dict]:  # type: ignore[type-arg]
    headers = [(b"cookie", cookie.encode())]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    scope = {
        "type": "websocket",
        "path": "/talk",
        "raw_path": b"/talk",
        "query_string": b"",
        "headers": headers,
        "subprotocols": [],
        "extensions": {"websocket.http.response": {}},
    }
    sent: list[dict] = []  # type: ignore[type-arg]

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: dict) -> None:  # type: ignore[type-arg]
        sent.append(message)

    await app(scope, receive, send)  # type: ignore[arg-type]
    return sent


async def test_a_session_without_remember_me_is_not_renewed(auth: Official) -> None:
    auth_server = AuthServer(auth.project, auth.settings)
    async with running(application(auth_server)) as client:
        headers = await _due(auth, auth_server)
        more = dont_remember(auth_server.settings.secret)
        answer = await client.get("/me", headers={"cookie": f"{headers['cookie']}; {more}"})
        assert answer.status_code == 200 and "set-cookie" not in answer.headers
        forged = "better-auth.dont_remember=true.forged"
        answer = await client.get("/me", headers={"cookie": f"{headers['cookie']}; {forged}"})
        assert "set-cookie" in answer.headers


async def test_without_the_middleware_sessions_are_not_renewed(
    auth: Official, caplog: pytest.LogCaptureFixture
) -> None:
    auth_server = AuthServer(auth.project, auth.settings)
    app = application(auth_server)
    app.user_middleware.clear()
    async with running(app) as client:
        headers = await _due(auth, auth_server)
        before = (await client.get("/session", headers=headers)).json()
        after = (await client.get("/session", headers=headers)).json()
        assert before["expiresAt"] == after["expiresAt"]
    assert caplog.text.count("Add app.add_middleware(SessionCookies)") == 1


async def test_a_session_due_for_renewal_works_while_the_auth_server_is_down(
    session_project: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # In development, the configuration of an external server is read again after some seconds.
    monkeypatch.setattr("better_auth_sidecar.server._DEVELOPMENT_REFRESH", math.inf)
    monkeypatch.setattr("better_auth_sidecar.sessions._RENEWAL_TIMEOUT", 0.3)
    monkeypatch.setattr("better_auth_sidecar.sessions._RENEWAL_PAUSE", math.inf)
    with official(session_project) as auth:
        auth_server = AuthServer(auth.project, auth.settings)
        app = application(auth_server)
        lifespan = running(app)
        client = await lifespan.__aenter__()
        headers = await _due(auth, auth_server)
    try:
        for _ in range(3):
            answer = await client.get("/me", headers=headers)
            assert answer.status_code == 200 and "set-cookie" not in answer.headers
        # They do not wait for it each time.
        assert caplog.text.count("Sessions cannot be renewed now") == 1
    finally:
        await lifespan.__aexit__(None, None, None)


# --- other ways to sign in and out -------------------------------------------------------


async def test_the_cookie_cache_does_not_outlive_a_session(session_project: Path) -> None:
    cache = Variant({"session": {"cookieCache": {"enabled": True, "maxAge": 300}}})
    with official(session_project, cache) as auth:
        auth_server = AuthServer(auth.project, auth.settings)
        async with (
            running(application(auth_server)) as client,
            httpx.AsyncClient(base_url=auth.address) as straight,
        ):
            visitor = await make_visitor(auth_server)
            straight.cookies.set(visitor.name, visitor.cookie)
            assert (await straight.get("/api/auth/get-session")).json()
            assert "better-auth.session_data" in straight.cookies
            _copy_cookies(straight, client)
            assert (await client.get("/who")).json() == visitor.user
            statement = 'DELETE FROM "session" WHERE "token" = ?'
            await Database(auth).execute(statement, visitor.token)
            assert (await straight.get("/api/auth/get-session")).json(), (
                "the official one trusts it"
            )
            assert (await client.get("/who")).json() is None


async def test_the_secret_is_rotated(session_project: Path) -> None:
    """Cookies of the old secret become invalid, and new ones are accepted at once."""
    old, new = "old-secret-of-more-than-thirty-two-letters", "new-secret-of-more-than-that-many"
    with official(session_project, Variant(settings={"BETTER_AUTH_SECRET": old})) as auth:
        auth_server = AuthServer(auth.project, auth.settings)
        async with running(application(auth_server)) as client:
            before = await make_visitor(auth_server)
            assert (await client.get("/who", headers=before.headers)).json() == before.user
    both = {"BETTER_AUTH_SECRET": old, "BETTER_AUTH_SECRETS": f"2:{new},1:{old}"}
    with official(session_project, Variant(settings=both)) as auth:
        auth_server = AuthServer(auth.project, auth.settings)
        async with running(application(auth_server)) as client:
            assert (await client.get("/who", headers=before.headers)).json() is None
            after = await make_visitor(auth_server)
            assert (await client.get("/who", headers=after.headers)).json() == after.user
            async with httpx.AsyncClient(base_url=auth.address) as straight:
                for visitor, user in ((before, None), (after, after.user)):
                    found = await straight.get("/api/auth/get-session", headers=visitor.headers)
                    assert (found.json() or {"user": {"id": None}})["user"]["id"] == user
