"""ASGI reverse proxy to the auth server."""

from __future__ import annotations

import asyncio
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
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import Receive, Scope, Send
from yarl import URL

from better_auth_sidecar.addresses import Callers, address_header
from better_auth_sidecar.body_limit import limit
from better_auth_sidecar.errors import AuthServerError
from better_auth_sidecar.settings import Settings

logger = logging.getLogger("uvicorn.error.auth_server")

#: The limit of auth/app.ts, in bytes.
MAX_BODY = 1024 * 1024
#: Seconds within which a request's body has to arrive.
BODY_TIMEOUT = 30.0
#: Seconds for which a request is retried while the auth server refuses or closes connections: a
#: restart closes every kept-alive connection.
CONNECT_TIMEOUT = 10.0

#: Responses of up to this many bytes are buffered, larger ones are streamed.
_SMALL = 64 * 1024
#: The bytes of a body that Node.js buffers even when its handler answers without reading them.
_BUFFERED_BY_NODE = 64 * 1024

#: Headers that belong to one connection and are not forwarded. Uvicorn itself answers `expect`.
_HOP_BY_HOP = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer "
    b"transfer-encoding upgrade expect".split()
)
#: Headers that are forwarded even if the caller lists them in `Connection`.
_KEPT = frozenset(
    b"authorization content-type cookie host origin referer sec-fetch-mode sec-fetch-site".split()
)
#: Paths that Node.js would normalize to another one: it resolves `.`, `..`, `%2e` and `\`.
_TRAVERSAL = re.compile(rb"\\|/(?:\.|%2e){1,2}(?:/|$)", re.I)
_CONTROLS = re.compile(r"[\x00-\x20\x7f]")
_NOT_PASSED_BACK = _HOP_BY_HOP | {b"date", b"x-request-id"}  # Uvicorn writes the date
_REQUEST_ID = re.compile(rb"[\w.:-]{1,128}")
_NOT_AUTOMATIC = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")

RequestHeaders = Iterable[tuple[str, str]]


class _AuthServer(Protocol):
    """The part of `better_auth_sidecar.server.AuthServer` that the proxy uses."""

    url: str

    @property
    def http(self) -> aiohttp.ClientSession: ...


class AuthProxy:
    """Forwards method, path, headers and body, and passes the response back unchanged."""

    def __init__(self, server: _AuthServer, settings: Settings) -> None:
        self._server = server
        self._callers = Callers(settings.trusted_proxies)
        self._address_header = address_header(settings.secret)
        self._left_out = _HOP_BY_HOP | {
            b"content-length",
            b"x-forwarded-for",  # replaced by the header with the caller's address
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
        except HTTPException as error:
            await _refuse(scope, receive, send, error, request_id)
            return
        except ClientDisconnect:
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
            if not has_begun:  # otherwise Uvicorn aborts the response
                message = "The auth server did not answer. Try again."
                unanswered = HTTPException(503, message, {"retry-after": "1"})
                await _refuse(scope, receive, send, unanswered, request_id)

    def _headers(self, scope: Scope, request_id: str) -> RequestHeaders:
        left_out = self._left_out
        for name, value in scope["headers"]:
            if name == b"connection":  # it lists further hop-by-hop headers
                left_out = left_out | {v.strip().lower() for v in value.split(b",")} - _KEPT
        headers = [
            (name.decode("latin-1"), _text(value))
            for name, value in scope["headers"]
            if name not in left_out
        ]
        headers.append(("x-request-id", request_id))
        if (address := self._callers.address(scope)) is not None:
            headers.append((self._address_header, address))
        return headers


class ProxyResponse(aiohttp.ClientResponse):
    """A response that does not return its connection to the pool after a large request body.

    When a rate limit answers before the body is read, Node.js closes the connection half a second
    later, even if another request uses it by then.
    """

    async def start(self, connection: Connection) -> ProxyResponse:
        length = int(self.request_info.headers.get("content-length", 0))
        if length > _BUFFERED_BY_NODE and connection.protocol is not None:
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

    If the connection is refused, the request is retried for `CONNECT_TIMEOUT` seconds. If it broke
    after the request may have arrived, it is retried only with ``may_repeat``.

    Raises:
        aiohttp.ClientError, OSError: the auth server did not answer.
        AuthServerError: called outside of ``AuthServer.running``.
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


async def _pass_on(
    response: aiohttp.ClientResponse,
    whole: bytes | None,
    receive: Receive,
    send: Send,
    request_id: str,
) -> None:
    """Sends a response to the caller: the buffered body ``whole``, or else the stream."""
    headers = [(name.lower(), value) for name, value in response.raw_headers]
    headers = [header for header in headers if header[0] not in _NOT_PASSED_BACK]
    headers.append((b"x-request-id", request_id.encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    if whole is None:
        # A stream may be endless: stop when the caller disconnects.
        gone = asyncio.ensure_future(receive())
        try:
            async for chunk in response.content.iter_any():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
                if gone.done():
                    return
        finally:
            gone.cancel()
    await send({"type": "http.response.body", "body": whole or b""})


async def _refuse(
    scope: Scope, receive: Receive, send: Send, error: HTTPException, request_id: str
) -> None:
    # A person who opens a page or a link reads the sentence; a script reads JSON.
    is_page = any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])
    body = error.detail if is_page else {"message": error.detail}
    headers = {**(error.headers or {}), "x-request-id": request_id}
    response = (PlainTextResponse if is_page else JSONResponse)(body, error.status_code, headers)
    await response(scope, receive, send)


def _target(scope: Scope) -> str:
    """The path and query for the auth server, with the caller's own encoding."""
    path: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    # The auth server does not know uvicorn's `--root-path`.
    path = path.removeprefix(scope.get("app_root_path", "").encode())
    if _TRAVERSAL.search(path):
        raise HTTPException(404, "Not found")
    if sum(name == b"host" for name, _ in scope["headers"]) != 1:
        # aiohttp would add the missing one, and send the last of several.
        raise HTTPException(400, "Name the host once")
    target = path.decode("latin-1")
    if query := scope["query_string"]:
        target += f"?{query.decode('latin-1')}"
    if _CONTROLS.search(target):
        raise HTTPException(400, "Percent-encode spaces and control characters in the URL")
    # Node.js, too, reads raw bytes as Latin-1.
    return target if target.isascii() else re.sub(r"[^\x00-\x7f]+", lambda m: quote(m[0]), target)


async def _body(scope: Scope, receive: Receive) -> bytes | None:
    try:
        async with asyncio.timeout(BODY_TIMEOUT):
            return await Request(scope, limit(scope, receive, MAX_BODY)).body() or None
    except TimeoutError:
        headers = {"connection": "close"}
        raise HTTPException(408, "The request came too slowly.", headers) from None


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return str(value.decode())
    return secrets.token_hex(8)


def _text(value: bytes) -> str:
    """Decodes a header's value so that aiohttp, which encodes as UTF-8, sends the same bytes."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
