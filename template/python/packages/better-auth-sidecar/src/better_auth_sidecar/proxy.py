"""Hands requests to the auth server, as an ASGI application."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import secrets
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Protocol
from urllib.parse import quote

import aiohttp
from aiohttp.connector import Connection
from multidict import CIMultiDict
from starlette.types import Receive, Scope, Send
from yarl import URL

from better_auth_sidecar.addresses import AmbiguousAddressError, Callers, address_header
from better_auth_sidecar.errors import AuthServerError
from better_auth_sidecar.settings import Settings

logger = logging.getLogger("uvicorn.error.auth_server")

#: As much as auth/app.ts takes.
MAX_BODY = 1024 * 1024
#: A body has to arrive within so many seconds.
BODY_TIMEOUT = 30.0
#: A server that does not listen, or closes its connections, is given so many seconds: it may just
#: start again, and each connection that is kept to it is then closed.
CONNECT_TIMEOUT = 10.0

#: An answer of at most so many bytes is not streamed.
_SMALL = 64 * 1024
#: So much of a body the auth server takes in, even if it answers without reading it.
_TAKEN_IN = 64 * 1024

#: Headers of one connection; what is of this one is not of the next. Uvicorn answers `expect`.
_HOP_BY_HOP = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer "
    b"transfer-encoding upgrade expect".split()
)
#: A caller cannot take these out of a request by naming them in `Connection`.
_KEPT = frozenset(
    b"authorization content-type cookie host origin referer sec-fetch-mode sec-fetch-site".split()
)
#: What Node.js reads as another path: it resolves `.`, `..`, `%2e` and `\`.
_CLIMBS = re.compile(rb"\\|/(?:\.|%2e){1,2}(?:/|$)", re.I)
_CONTROLS = re.compile(r"[\x00-\x20\x7f]")
_NOT_PASSED_BACK = _HOP_BY_HOP | {b"date", b"x-request-id"}  # Uvicorn writes the date
_REQUEST_ID = re.compile(rb"[\w.:-]{1,128}")
_NOT_AUTOMATIC = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")

RequestHeaders = Iterable[tuple[str, str]]
_RawHeaders = list[tuple[bytes, bytes]]


class _AuthServer(Protocol):
    """What the proxy needs of `better_auth_sidecar.server.AuthServer`."""

    url: str

    @property
    def http(self) -> aiohttp.ClientSession: ...


class AuthProxy:
    """Passes on method, path, headers and body, and the answer as it comes."""

    def __init__(self, server: _AuthServer, settings: Settings) -> None:
        self._server = server
        self._callers = Callers(settings.trusted_proxies)
        self._address_header = address_header(settings.secret)
        self._left_out = _HOP_BY_HOP | {
            b"content-length",
            b"x-forwarded-for",  # what it is worth is in the header of the address
            b"x-request-id",
            self._address_header.encode(),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await send({"type": "websocket.close"})
            return
        request_id = _request_id(scope)
        try:
            target = _target(scope)
            body = await _body(scope, receive)
            headers = self._headers(scope, request_id)
        except _Refused as refused:
            await _refuse(send, refused, request_id)
            return
        except _HasGone:
            return
        has_begun = False
        try:
            async with reach(
                self._server,
                scope["method"],
                self._server.url + target,
                headers,
                body,
                may_repeat=scope["method"] in ("GET", "HEAD", "OPTIONS"),
            ) as response:
                length = response.content_length
                whole = await response.read() if length is not None and length <= _SMALL else None
                has_begun = True
                await _pass_on(response, whole, receive, send, request_id)
        except (aiohttp.ClientError, OSError, AuthServerError) as error:
            logger.error("The auth server did not answer %s: %r", request_id, error)
            if not has_begun:  # an answer that has begun is broken off by Uvicorn
                words = "The auth server did not answer. Try again."
                await _refuse(send, _Refused(503, words, (b"retry-after", b"1")), request_id)

    def _headers(self, scope: Scope, request_id: str) -> RequestHeaders:
        left_out = self._left_out
        for name, value in scope["headers"]:
            if name == b"connection":  # it can name more
                left_out = left_out | {v.strip().lower() for v in value.split(b",")} - _KEPT
        headers = [
            (name.decode("latin-1"), _text(value))
            for name, value in scope["headers"]
            if name not in left_out
        ]
        headers.append(("x-request-id", request_id))
        try:
            address = self._callers.address(scope)
        except AmbiguousAddressError:
            raise _Refused(400, "Send X-Forwarded-For once, or no chunked body") from None
        if address is not None:
            headers.append((self._address_header, address))
        return headers


class ProxyResponse(aiohttp.ClientResponse):
    """An answer after whose large request the connection is not used again.

    A rate limit answers before the body is read, and the auth server then closes the connection
    half a second later, whatever request is on it by then.
    """

    async def start(self, connection: Connection) -> ProxyResponse:
        length = int(self.request_info.headers.get("content-length", 0))
        if length > _TAKEN_IN and connection.protocol is not None:
            connection.protocol.force_close()
        await super().start(connection)
        return self


@asynccontextmanager
async def reach(
    server: _AuthServer,
    method: str,
    url: str,
    headers: RequestHeaders,
    body: bytes | None,
    *,
    may_repeat: bool,
) -> AsyncIterator[aiohttp.ClientResponse]:
    """Sends a request to the auth server.

    What cannot have reached it is sent again, for some seconds; what may have, only if it
    ``may_repeat``.

    Raises:
        aiohttp.ClientError, OSError: there is no answer.
        AuthServerError: the application does not run the server.
    """
    deadline = time.monotonic() + CONNECT_TIMEOUT
    http = server.http
    while True:
        try:
            response = await http.request(
                method,
                URL(url, encoded=True),
                headers=CIMultiDict(headers),
                data=body,
                allow_redirects=False,
                skip_auto_headers=_NOT_AUTOMATIC,
            )
            break
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
            cannot_have_arrived = isinstance(error, aiohttp.ClientConnectorError)
            if not (cannot_have_arrived or may_repeat) or time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.05)
    async with response:
        yield response


class _Refused(Exception):
    def __init__(self, status: int, words: str, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(words)
        self.status, self.headers = status, headers


class _HasGone(Exception):
    """The caller has closed the connection."""


async def _pass_on(
    response: aiohttp.ClientResponse,
    whole: bytes | None,
    receive: Receive,
    send: Send,
    request_id: str,
) -> None:
    """Sends an answer to the caller; its body is ``whole``, or still to come."""
    headers = [(name.lower(), value) for name, value in response.raw_headers]
    headers = [header for header in headers if header[0] not in _NOT_PASSED_BACK]
    headers.append((b"x-request-id", request_id.encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    if whole is None:
        # A stream may have no end of its own: it is left when its reader leaves.
        gone = asyncio.ensure_future(receive())
        try:
            async for chunk in response.content.iter_any():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
                if gone.done():
                    return
        finally:
            gone.cancel()
    await send({"type": "http.response.body", "body": whole or b""})


async def _refuse(send: Send, refused: _Refused, request_id: str) -> None:
    body = json.dumps({"message": str(refused)}).encode()
    headers: _RawHeaders = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"x-request-id", request_id.encode()),
        *refused.headers,
    ]
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _target(scope: Scope) -> str:
    """The path and query for the auth server, as the caller wrote them."""
    path: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    # Below `--root-path`, the auth server has the paths that it has without.
    path = path.removeprefix(scope.get("app_root_path", "").encode())
    if _CLIMBS.search(path):
        raise _Refused(404, "Not found")
    if all(name != b"host" for name, _ in scope["headers"]):
        raise _Refused(400, "Name the host")  # as Node.js does; aiohttp would add one
    target = path.decode("latin-1")
    if query := scope["query_string"]:
        target += f"?{query.decode('latin-1')}"
    if _CONTROLS.search(target):
        raise _Refused(400, "Escape what is not printable in the address")
    # Node.js reads raw bytes so, too.
    return target if target.isascii() else re.sub(r"[^\x00-\x7f]+", lambda m: quote(m[0]), target)


async def _body(scope: Scope, receive: Receive) -> bytes | None:
    too_large = _Refused(413, "The request is too large", (b"connection", b"close"))
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value) > MAX_BODY:
            raise too_large
    chunks: list[bytes] = []
    size, more = 0, True
    try:
        async with asyncio.timeout(BODY_TIMEOUT):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _HasGone
                chunks.append(message.get("body", b""))
                size += len(chunks[-1])
                if size > MAX_BODY:
                    raise too_large
                more = message.get("more_body", False)
    except TimeoutError:
        raise _Refused(408, "The request came too slowly", (b"connection", b"close")) from None
    return b"".join(chunks) or None


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return str(value.decode())
    return secrets.token_hex(8)


def _text(value: bytes) -> str:
    """A header's value, so that aiohttp, which writes UTF-8, sends the same bytes."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
