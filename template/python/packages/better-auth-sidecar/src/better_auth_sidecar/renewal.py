"""Sets the cookies of renewed sessions in the responses of the application's own routes."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_KEY = "better_auth_sidecar.set_cookie"
_STARTS = ("http.response.start", "websocket.accept", "websocket.http.response.start")


class SessionCookies:
    """Middleware for session renewal: ``app.add_middleware(SessionCookies)``.

    Renewing a session also extends its cookie. The middleware adds ``Set-Cookie`` to any response
    of a route: its own `Response`, an error, or the handshake of a WebSocket.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        cookies: list[str] = []
        scope[_KEY] = cookies

        async def send_with_cookies(message: Message) -> None:
            if cookies and message["type"] in _STARTS:
                message = {**message, "headers": _with_cookies(message, cookies)}
                cookies.clear()
            await send(message)

        await self._app(scope, receive, send_with_cookies)


def can_set_cookies(scope: MutableMapping[str, Any]) -> bool:
    """Whether `SessionCookies` is among the application's middleware."""
    return _KEY in scope


def set_cookies(scope: MutableMapping[str, Any], cookies: Iterable[str]) -> None:
    """Adds cookies to the response of a request; does nothing without `SessionCookies`.

    Args:
        cookies: values of ``Set-Cookie``.
    """
    if _KEY in scope:
        scope[_KEY].extend(cookies)


def _with_cookies(message: Message, cookies: Iterable[str]) -> list[tuple[bytes, bytes]]:
    headers = list(message.get("headers", ()))
    headers += [(b"set-cookie", cookie.encode("latin-1")) for cookie in cookies]
    # A shared cache must not serve this response to other users.
    if not any(name.lower() == b"cache-control" for name, _ in headers):
        headers.append((b"cache-control", b"no-store"))
    return headers
