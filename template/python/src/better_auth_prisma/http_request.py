"""A request of FastAPI as better-auth-server wants it, read as better-auth reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import parse_qsl, unquote

from better_auth import BetterAuth
from better_auth.session import cookie_name
from better_auth.types import APIError, AuthRequest
from starlette.requests import HTTPConnection

from better_auth_prisma.http_address import client_address
from better_auth_prisma.http_body import check_text
from better_auth_prisma.repairs.members import FORM


class _Body(dict[str, Any]):
    """A body that lacks a member is refused; in better-auth-server, it is a ``KeyError``: 500."""

    def __missing__(self, name: str) -> NoReturn:
        raise APIError(
            400,
            "VALIDATION_ERROR",
            f"[body.{name}] Invalid input: expected string, received undefined",
        )


@dataclass
class PrismaAuthRequest(AuthRequest):
    """An ``AuthRequest`` with better-auth's rules for bodies and for cookies.

    better-auth-server's own parser is ``http.cookies``, which drops every cookie of a header
    when one of them is odd: a stranger's ``a={"x":1}`` would sign the user out.
    """

    #: The cookie that a bearer must not stand in for, as nobody asked for `BearerPlugin`.
    session_cookie: str | None = None

    def json(self) -> dict[str, Any]:
        """The members of the body.

        Raises:
            APIError: 400; it is no JSON object, or lacks a member that somebody takes from it.
        """
        if self.headers.get("content-type", "").lower().startswith(FORM):
            return _Body(parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True))
        return _Body(super().json())

    def cookies(self) -> dict[str, str]:
        """The cookies by name."""
        cookies = parse_cookies(self.headers.get("cookie", ""))
        if self.session_cookie is not None:
            # better-auth-server takes a session's token from `Authorization`, even unsigned and
            # without `BearerPlugin`, unless there is a cookie; an empty one will do.
            cookies.setdefault(self.session_cookie, "")
        return cookies


def parse_cookies(header: str) -> dict[str, str]:
    """The cookies of a header by name; the first one of a name counts."""
    cookies: dict[str, str] = {}
    for pair in header.split(";"):
        name, equals, value = pair.partition("=")
        value = value.strip()
        if value.startswith('"'):
            value = value[1:-1]
        if equals:
            # Signatures are compared as ASCII; nothing that better-auth sets is anything else.
            cookies.setdefault(name.strip(), value if unquote(value).isascii() else "")
    return cookies


def to_auth_request(
    connection: HTTPConnection, auth: BetterAuth, path: str, *, method: str, body: bytes = b""
) -> AuthRequest:
    """Translates a request; ``path`` starts after the base path.

    Raises:
        APIError: 400, when the path or the query holds what no database can store.
    """
    query = dict(connection.query_params)
    check_text(path, "path")
    for name, value in query.items():
        check_text(name + value, "query")
    request = _translate(connection, auth, path, method)
    request.query, request.body = query, body
    return request


def to_session_request(connection: HTTPConnection, auth: BetterAuth) -> AuthRequest:
    """A request to one of the application's own routes, as if it asked for its session.

    Path, query and body are the route's own and say nothing to better-auth. A WebSocket is opened
    by GET, but may go on to do anything: it counts as a write.
    """
    return _translate(connection, auth, "/get-session", connection.scope.get("method", "POST"))


def _translate(
    connection: HTTPConnection, auth: BetterAuth, path: str, method: str
) -> PrismaAuthRequest:
    takes_bearers = any(plugin.id == "bearer" for plugin in auth.plugins)
    return PrismaAuthRequest(
        method=method,
        path=path,
        headers=_headers(connection, auth),
        client_ip=client_address(connection, auth.ip_address),
        url=_public_url(connection, auth),
        session_cookie=None if takes_bearers else cookie_name(auth),
    )


def _headers(connection: HTTPConnection, auth: BetterAuth) -> dict[str, str]:
    """The headers under lower-case names, several of one name joined."""
    headers: dict[str, str] = {}
    for name, value in connection.headers.items():
        separator = "; " if name == "cookie" else ", "
        headers[name] = f"{headers[name]}{separator}{value}" if name in headers else value
    # What they say is in client_ip already, as far as it can be believed.
    for name in auth.ip_address.ip_address_headers:
        headers.pop(name.lower(), None)
    if not unquote(headers.get("authorization", "")).isascii():
        del headers["authorization"]
    return headers


def _public_url(connection: HTTPConnection, auth: BetterAuth) -> str:
    """The URL that the client asked for, under the base URL rather than a proxy's own name."""
    url = connection.url
    try:
        base = auth.base_url
    except APIError:  # a dynamic base URL, not resolved yet
        return str(url)
    return f"{base}{url.path}?{url.query}" if url.query else f"{base}{url.path}"
