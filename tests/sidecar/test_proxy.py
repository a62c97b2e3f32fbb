"""The proxy's own behaviour: limits, streams, cookies, CORS."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest
from better_auth_sidecar import AuthServer, AuthServerError, Settings, proxy
from pydantic import SecretStr

from tests.sidecar.odd_requests import exchange, post
from tests.sidecar.projects import Server, serving
from tests.sidecar.session_world import Official, make_settings
from tests.waiting import TIMEOUT, wait_for


class Unreachable:
    """An auth server that no request may reach."""

    url = "http://localhost"

    @property
    def http(self) -> Any:
        raise AssertionError("the request was passed on")


async def call(*messages: dict[str, Any], pause: float = 0) -> dict[str, Any]:
    """The head of the proxy's response to a body in these ASGI messages."""
    sent = await exchanged(*messages, pause=pause)
    return sent[0] if sent else {}


async def exchanged(
    *messages: dict[str, Any], pause: float = 0, accept: bytes = b"*/*"
) -> list[dict[str, Any]]:
    """The ASGI messages of the proxy's response."""
    settings = Settings(
        database_url=SecretStr("postgresql://u@h/d"), better_auth_secret=SecretStr("s" * 32)
    )
    waiting = list(messages)
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(pause)
        return waiting.pop(0) if waiting else await asyncio.Event().wait()  # type: ignore[return-value]

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/auth/ok",
        "raw_path": b"/api/auth/ok",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"accept", accept)],
        "client": ("127.0.0.1", 1),
    }
    await proxy.AuthProxy(Unreachable(), settings)(scope, receive, send)
    return sent


async def test_a_slow_body_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also if its parts come all the time; 408 after the last one would be too late."""
    monkeypatch.setattr(proxy, "BODY_TIMEOUT", 0.3)
    drop = {"type": "http.request", "body": b"x", "more_body": True}
    endless = call(*[drop] * 100_000, pause=0.05)
    head = await asyncio.wait_for(endless, TIMEOUT)
    assert head["status"] == 408
    assert (b"connection", b"close") in head["headers"]


async def test_a_body_without_a_length_is_limited() -> None:
    part = {"type": "http.request", "body": b"x" * 600_000, "more_body": True}
    assert (await call(part, part, part))["status"] == 413


async def test_a_person_reads_a_sentence_where_a_script_gets_json() -> None:
    large = {"type": "http.request", "body": b"x" * 2_000_000}
    head, body = await exchanged(large, accept=b"text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
    assert (b"content-type", b"text/plain; charset=utf-8") in head["headers"]
    assert body["body"] == b"The request is too large."
    _, body = await exchanged(large)
    assert json.loads(body["body"]) == {"message": "The request is too large."}


async def test_a_disconnected_caller_gets_no_response() -> None:
    part = {"type": "http.request", "body": b"x", "more_body": True}
    assert await call(part, {"type": "http.disconnect"}) == {}


def test_a_length_that_is_too_large_is_refused_at_once(server: Server) -> None:
    request = post(b"x", "Content-Length: 99999999")
    lines = request.parts[0].replace(b"Content-Length: 1\r\n", b"")
    answer = exchange(int(server.address.rpartition(":")[2]), type(request)((lines,)))
    # After waiting for the body, it would be 408.
    assert answer.startswith(b"HTTP/1.1 413")


async def test_connections_closed_by_a_restart_lose_no_request(tmp_path: Path) -> None:
    """The HTTP client notices a closed connection only when it uses it."""
    connections = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        if connections > 8:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    class Restarted:
        url = "http://localhost"
        http: aiohttp.ClientSession

    path = str(tmp_path / "auth.sock")
    async with (
        await asyncio.start_unix_server(answer, path),
        aiohttp.ClientSession(connector=aiohttp.UnixConnector(path)) as Restarted.http,
        proxy.reach(Restarted(), "GET", Restarted.url, [], None, may_repeat=True) as response,
    ):
        assert response.status == 200


async def test_a_request_that_may_have_written_is_not_retried(tmp_path: Path) -> None:
    """The auth server may have created the user before it closed the connection."""
    connections = 0

    async def leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(leave, "127.0.0.1", 0) as gone:
        address = f"http://127.0.0.1:{gone.sockets[0].getsockname()[1]}"
        settings = make_settings(
            {"DATABASE_URL": "file:./dev.db", "BETTER_AUTH_SECRET": "a" * 40},
            auth_server_url=address,
        )
        server = AuthServer(tmp_path, settings)
        async with server.running():
            with pytest.raises(AuthServerError, match="did not answer"):
                await server.ask("test-sign-in", body={"name": "Ada"})
    assert connections == 1


def test_an_unread_body_breaks_no_later_request(auth: Official) -> None:
    """The auth server closes the connection half a second after such a response."""
    with serving(auth.project, AUTH_SERVER_URL=auth.address) as server, server.client() as browser:
        assert browser.post("/api/auth/probe/unread", content=b"x" * 900_000).status_code == 429
        later = browser.post("/api/auth/probe/slow?ms=1500", json={})
        assert later.is_success, later.text


def test_nul_characters_are_refused(server: Server) -> None:
    auth = f"{server.address}/api/auth"
    body = {"name": "A\0", "email": "nul@example.com", "password": "correct horse"}
    assert httpx.post(f"{auth}/sign-up/email", json=body).status_code == 400
    assert httpx.get(f"{auth}/reset-password/%00?callbackURL=/").status_code == 400


def test_responses_are_streamed(server: Server) -> None:
    with server.client() as browser, browser.stream("GET", "/api/auth/probe/held") as answer:
        parts = answer.iter_text()
        assert next(parts) == "one "
        # The second part is sent only after this.
        assert browser.get("/api/auth/probe/release").is_success
        assert "".join(parts) == "two"


def test_each_cookie_is_passed_on(server: Server) -> None:
    with server.client() as browser:
        answer = browser.get("/api/auth/probe/cookies")
        cookies = answer.headers.get_list("set-cookie")
        assert [cookie.split("=")[0] for cookie in cookies] == ["one", "two"]
        assert "Max-Age=60" in cookies[1]


def preflight(server: Server, path: str, origin: str) -> httpx.Response:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    return httpx.options(f"{server.address}{path}", headers=headers)


def test_preflights_follow_one_setting(server: Server) -> None:
    """The auth server answers preflights for its routes, the application for its own."""
    for path in ("/api/auth/sign-in/email", "/health"):
        known = preflight(server, path, server.address)
        assert known.is_success, known.text
        assert known.headers["access-control-allow-origin"] == server.address
        assert known.headers["access-control-allow-credentials"] == "true"
        assert "POST" in known.headers["access-control-allow-methods"]
        assert known.headers["access-control-allow-headers"].lower().find("content-type") >= 0
        stranger = preflight(server, path, "https://evil.example")
        assert "access-control-allow-origin" not in stranger.headers
    # Only Hono answers 204.
    assert preflight(server, "/api/auth/sign-in/email", server.address).status_code == 204
    read = httpx.get(f"{server.address}/health", headers={"Origin": server.address})
    assert read.headers["access-control-allow-origin"] == server.address


def test_internal_routes_are_not_proxied(server: Server) -> None:
    for path in ("/internal/configuration", "/api/auth/internal/configuration"):
        for key in ("", "00" * 32, "nonsense"):
            answer = httpx.get(f"{server.address}{path}", headers={"X-Internal-Key": key})
            assert answer.status_code == 404


def test_the_access_log_contains_no_tokens(server: Server) -> None:
    token = "t0ken" * 6
    with server.client() as browser:
        browser.get(f"/api/auth/verify-email?token={token}")
        browser.get(f"/api/auth/reset-password/{token}?callbackURL=/")
        browser.get(f"/auth/reset-password?token={token}")
        browser.get(f"/auth/reset-password?token={token}&next=/api/auth/")
        browser.get(f"/behind/a/proxy/api/auth/verify-email?token={token}")
        browser.get("/health?mine=1")
    wait_for(lambda: "/health?mine=1" in server.text())
    assert '"GET /api/auth/verify-email… HTTP/1.1"' in server.text()
    assert '"GET /api/auth/reset-password/… HTTP/1.1"' in server.text()
    assert '"GET /auth/reset-password… HTTP/1.1"' in server.text()
    assert token not in server.text()


def test_an_endless_stream_ends_with_its_client(server: Server) -> None:
    with server.client() as browser, browser.stream("GET", "/api/auth/probe/endless") as answer:
        assert next(answer.iter_text()) == "tick "
    wait_for(lambda: "the endless stream was left" in server.text())
