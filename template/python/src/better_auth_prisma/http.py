"""The routes of better-auth in a FastAPI application.

Takes the place of ``better_auth.integrations.fastapi``.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from urllib.parse import quote

from better_auth import BetterAuth
from better_auth.types import APIError, AuthResponse
from fastapi import FastAPI, Request, Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from better_auth_prisma.column_types import to_milliseconds
from better_auth_prisma.http_body import read_body
from better_auth_prisma.http_request import to_auth_request
from better_auth_prisma.internal_adapter import current_request, make_concurrent
from better_auth_prisma.passwords import hashing_in_threads
from better_auth_prisma.repairs import repair
from better_auth_prisma.repairs.members import media_types

#: Beside letters, digits and ``-._~``: RFC 3986, 2.2, and the sign of what is escaped already.
_URL_CHARACTERS = ":/?#[]@!$&'()*+,;=%"

#: Where a request keeps the cookies that its answer has to set.
COOKIES = "better_auth_prisma.cookies"


def mount_auth(app: FastAPI, auth: BetterAuth) -> None:
    """Serves better-auth under its base path, and lets ``SessionReader`` renew cookies."""
    make_concurrent(auth)
    repair(auth)

    async def serve(request: Request) -> Response:
        path = f"/{request.path_params['path']}"
        method = "GET" if request.method == "HEAD" else request.method
        try:
            body = await read_body(request, media_types(method, path))
            translated = to_auth_request(request, auth, path, method=method, body=body)
        except APIError as error:
            return _to_response(refusal(error))
        current_request.set(translated)
        return _to_response(await hashing_in_threads(auth.handle(translated)))

    # A route of Starlette: there is nothing in it that FastAPI could validate or document.
    app.add_route(
        auth.base_path + "/{path:path}",
        serve,
        methods=["GET", "POST"],
        name="auth",
        include_in_schema=False,
    )
    app.add_middleware(_SessionCookies)


def refusal(error: APIError) -> AuthResponse:
    """The answer for an error, in better-auth's form."""
    return AuthResponse(status=error.status, body={"code": error.code, "message": error.message})


def _to_response(result: AuthResponse) -> Response:
    if isinstance(result.body, dict) and result.body.get("message") == "Not authenticated":
        # Some plugins of better-auth-server say so; better-auth has one message for all.
        result.body["message"] = "Unauthorized"
    if result.redirect_to is not None:
        headers = {"location": _escaped(result.redirect_to)}
        response = Response(status_code=302, headers=headers)
    elif result.media_type is not None:
        response = Response(result.body, result.status, media_type=result.media_type)
    else:
        response = Response(_to_json(result.body), result.status, media_type="application/json")
    for name, value in result.headers:
        if name.lower() == "content-type":
            response.headers[name] = value
        elif name.lower() == "location":
            response.headers[name] = _escaped(value)
        else:
            response.headers.append(name, value)
    return response


def _escaped(url: str) -> str:
    """A URL as a header may hold it; a line break would begin another header."""
    return quote(url, safe=_URL_CHARACTERS)


def _to_json(body: Any) -> str:
    return json.dumps(body, default=_to_iso_string, separators=(",", ":"))


def _to_iso_string(value: object) -> str:
    """A moment as ``Date.prototype.toISOString`` writes it."""
    if isinstance(value, datetime):
        return to_milliseconds(value).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} has no form in JSON")


class _SessionCookies:
    """Adds the cookies that reading a session renewed, whatever the route answers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        cookies: list[str] = []
        scope[COOKIES] = cookies

        async def send_with_cookies(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for cookie in cookies:
                    headers.append("set-cookie", cookie)
            await send(message)

        await self.app(scope, receive, send_with_cookies)
