"""Limits the size of bodies: FastAPI holds a body in memory before it asks who sent it."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from better_auth_sidecar.cors import is_auth


class LimitBody:
    """Answers 413 to requests whose body has more than ``max_size`` bytes.

    Add it with ``app.add_middleware(LimitBody, max_size=1024 * 1024)``. It skips ``/api/auth``,
    which has a limit of its own.
    """

    def __init__(self, app: ASGIApp, *, max_size: int) -> None:
        self._app, self._max_size = app, max_size

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_auth(scope):
            await self._app(scope, receive, send)
            return
        try:
            limited = limit(scope, receive, self._max_size)
        except HTTPException as error:
            response = JSONResponse({"detail": error.detail}, error.status_code, error.headers)
            await response(scope, receive, send)
        else:
            # FastAPI answers with an HTTPException that is raised while it reads the body.
            await self._app(scope, limited, send)


def limit(scope: Scope, receive: Receive, max_size: int) -> Receive:
    """A ``receive`` that raises ``HTTPException`` at a body of more than ``max_size`` bytes.

    Raises:
        HTTPException: ``Content-Length`` is more already.
    """
    too_large = HTTPException(413, "The request is too large.", {"connection": "close"})
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value) > max_size:
            raise too_large
    size = 0

    async def limited() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > max_size:
            raise too_large
        return message

    return limited
