"""CSRF protection of the application's own routes."""

from __future__ import annotations

from typing import Any

import pytest
from better_auth_sidecar import AuthServer
from better_auth_sidecar.origins import is_trusted, origin_of
from starlette.testclient import TestClient

from tests.sidecar.session_world import BASE_URL, Official, application, make_visitor, running

TRUSTED = ("https://app.example.com", "https://*.example.org")


def _server(auth: Official) -> AuthServer:
    settings = auth.settings.model_copy(update={"trusted_origins": TRUSTED})
    settings.__dict__.pop("origins", None)
    return AuthServer(auth.project, settings)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_the_origin_of_a_write(auth: Official, method: str) -> None:
    auth_server = _server(auth)
    async with running(application(auth_server)) as client:
        visitor = await make_visitor(auth_server)
        cookie = ("cookie", visitor.headers["cookie"])
        form = ("content-type", "application/x-www-form-urlencoded")
        for headers, status in [
            ([("origin", BASE_URL)], 200),
            ([("origin", "https://app.example.com")], 200),
            ([("origin", "https://app.example.com:443")], 200),
            ([("origin", "https://any.example.org")], 200),
            ([("referer", f"{BASE_URL}/page?query")], 200),
            ([("origin", "null"), ("sec-fetch-site", "same-origin")], 200),
            ([("origin", "null"), ("sec-fetch-site", "same-site")], 403),
            (
                [("origin", "null"), ("sec-fetch-site", "same-origin"), ("host", "evil.example")],
                403,
            ),
            ([("origin", "https://evil.example")], 403),
            ([("origin", "https://neighbour.app.example.com")], 403),
            ([("origin", "https://app.example.com.evil.example")], 403),
            ([("origin", "https://evil.example/.example.org")], 403),
            ([("origin", "http://app.example.com")], 403),
            ([("origin", "http://localhost:8001")], 403),
            ([("origin", "null")], 403),
            ([("origin", "")], 403),
            ([], 403),
            ([("origin", BASE_URL), ("origin", "https://evil.example")], 403),
            ([("origin", f"{BASE_URL}, https://evil.example")], 403),
            ([("origin", "https://evil.example"), ("referer", BASE_URL)], 403),
        ]:
            answer = await client.request(method, "/who", headers=[cookie, form, *headers])
            assert answer.status_code == status, headers
            if status == 200:
                assert answer.json() == visitor.user
            else:
                assert "origin is not trusted" in answer.json()["detail"]
                forged = [("cookie", f"{visitor.name}=x.y"), form, *headers]
                answer = await client.request(method, "/who", headers=forged)
                assert answer.status_code == 403, "the response reveals nothing about the cookie"
                for safe in ("GET", "OPTIONS"):
                    answer = await client.request(safe, "/who", headers=[cookie, *headers])
                    assert answer.json() == visitor.user


async def test_requests_without_cookies_need_no_origin(auth: Official) -> None:
    auth_server = _server(auth)
    async with running(application(auth_server)) as client:
        visitor = await make_visitor(auth_server)
        assert (await client.post("/who")).json() is None
        bearer = {"authorization": f"Bearer {visitor.token}"}
        assert (await client.post("/who", headers=bearer)).json() == visitor.user
        both = {**bearer, **visitor.headers, "origin": "https://evil.example"}
        assert (await client.post("/who", headers=both)).status_code == 403


@pytest.mark.parametrize(
    ("origin", "is_open"),
    [(BASE_URL, True), ("https://evil.example", False), ("null", False), (None, False)],
)
def test_the_origin_of_a_websocket(auth: Official, origin: str | None, is_open: bool) -> None:
    auth_server = _server(auth)
    with TestClient(application(auth_server), base_url=BASE_URL) as client:
        assert client.portal is not None
        visitor = client.portal.call(make_visitor, auth_server)
        headers = visitor.headers | ({"origin": origin} if origin else {})
        if is_open:
            with client.websocket_connect("/talk", headers=headers) as socket:
                assert socket.receive_text() == visitor.user
        else:
            with (
                pytest.raises(Exception) as refused,
                client.websocket_connect("/talk", headers=headers),
            ):
                pass
            answer: Any = refused.value
            assert answer.status_code == 403


@pytest.mark.parametrize(
    ("pattern", "origin", "is_allowed"),
    [
        # The results of better-auth's matchesOriginPattern for the same pairs.
        ("https://*.example.com", "https://a.example.com", True),
        ("https://*.example.com", "https://a.b.example.com", True),
        ("https://*.example.com", "https://example.com", False),
        ("https://*.example.com", "http://a.example.com", False),
        ("https://*.example.com", "https://a.example.com:8443", False),
        ("https://*.example.com:*", "https://a.example.com:8443", True),
        ("https://app-?.example.com", "https://app-1.example.com", True),
        ("https://app-?.example.com", "https://app-12.example.com", False),
        ("*.example.com", "http://a.example.com", True),
        ("*.example.com", "https://a.example.com", True),
        ("*.example.com", "https://a.example.com.evil.example", False),
        ("example.com", "https://example.com", False),
        ("http://192.168.*.*", "http://192.168.1.7", True),
        ("http://192.168.*.*", "http://192.168.evil.example", False),
        ("http://192.168.*.*:3000", "http://192.168.1.7:3000", True),
        ("http://10.*", "http://10.evil.example", False),
        ("https://a.example.com/", "https://a.example.com", False),
        ("chrome-extension://abc", "chrome-extension://abc", True),
        ("chrome-extension://abc", "chrome-extension://def", False),
    ],
)
def test_origin_patterns(pattern: str, origin: str, is_allowed: bool) -> None:
    found = origin_of([(b"origin", origin.encode())])
    assert is_trusted(found, [pattern]) is is_allowed


@pytest.mark.parametrize(
    "origin", ["https://user@example.com", "https://", "https://[", "https://a:b", "é", "//a.b"]
)
def test_invalid_origins_are_not_trusted(origin: str) -> None:
    found = origin_of([(b"origin", origin.encode())])
    assert not is_trusted(found, ["*", "https://*", "https://example.com"])
