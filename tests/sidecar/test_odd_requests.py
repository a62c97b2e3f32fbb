"""The proxy does not change the auth server's responses to unusual requests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from tests.sidecar.odd_requests import CLIMBING, REQUESTS, Raw, exchange, raw
from tests.sidecar.projects import serving
from tests.sidecar.session_world import BASE_URL, Official
from tests.waiting import wait_for

#: Headers of the connection by Uvicorn and Node.js, and those that the proxy adds.
CONNECTION = ["connection", "date", "keep-alive", "server", "transfer-encoding", "x-request-id"]
#: Headers that the proxy sets; it sends the length of a body that came in chunks.
ANEW = re.compile(
    r"x-request-id|x-client-address-.*|connection|content-length|transfer-encoding|trailer|expect"
)
DIFFERENCES: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("proxied_differences.json").read_text()
)


class Both(NamedTuple):
    """The ports of one auth server: direct, and through the application."""

    straight: int
    proxied: int


@pytest.fixture(scope="module")
def both(auth: Official) -> Iterator[Both]:
    """Runs without rate limits, because all these tests share an address."""
    settings = {"BETTER_AUTH_URL": BASE_URL, "AUTH_SERVER_URL": auth.address}
    with serving(auth.project, **settings) as server:
        wait_for(lambda: httpx.get(f"{server.address}/ready").is_success)
        yield Both(_port(auth.address), _port(server.address))


def _port(address: str) -> int:
    return int(address.rpartition(":")[2])


class Answer(NamedTuple):
    status: int | None
    headers: list[tuple[str, str]]
    body: object


def answer_to(port: int, request: Raw) -> Answer:
    """The comparable parts of a response."""
    data = exchange(port, request)
    while data.startswith(b"HTTP/1.1 100"):
        data = data.partition(b"\r\n\r\n")[2]
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    if not first:
        return Answer(None, [], "")
    pairs = [(n.lower(), v.strip()) for n, _, v in (line.partition(":") for line in lines)]
    if ("transfer-encoding", "chunked") in pairs:
        body = dechunked(body)
    headers = sorted(pair for pair in pairs if pair[0] not in (*CONNECTION, "content-length"))
    return Answer(int(first.split()[1]), headers, comparable(body))


def dechunked(body: bytes) -> bytes:
    text = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size or b"0", 16)
        text, body = text + body[:length], body[length + 2 :]
    return text


def comparable(body: bytes) -> object:
    """An echoed body without the headers that the proxy adds."""
    try:
        content = json.loads(body)
    except ValueError:
        return body
    if isinstance(content, dict) and "headers" in content:
        content["headers"] = [pair for pair in content["headers"] if not ANEW.fullmatch(pair[0])]
    return content


@pytest.mark.parametrize("name", REQUESTS)
def test_the_response_is_the_same(both: Both, name: str) -> None:
    straight = answer_to(both.straight, REQUESTS[name])
    proxied = answer_to(both.proxied, REQUESTS[name])
    assert straight.status is not None, "there is nothing to compare"
    if known := DIFFERENCES.get(name):
        assert straight != proxied, "take it out of proxied_differences.json"
        assert [straight.status, proxied.status] == [known["straight"], known["proxied"]]
    else:
        assert proxied == straight


def test_each_listed_difference_belongs_to_a_request() -> None:
    assert set(DIFFERENCES) <= set(REQUESTS)
    assert all(difference["reason"] for difference in DIFFERENCES.values())


@pytest.mark.parametrize("target", CLIMBING)
def test_no_path_reaches_other_routes(both: Both, target: str) -> None:
    """Not even the auth server's /health, which requires no key."""
    assert b"200 OK" in exchange(both.straight, raw("/health"))
    answer = exchange(both.proxied, raw(target))
    assert answer.split()[1] in (b"400", b"404"), answer
