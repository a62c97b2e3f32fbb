"""Limits the size of bodies: FastAPI holds a body in memory before it asks who sent it."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from better_auth_sidecar.cors import is_auth

_MESSAGE = "The request is too large."


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
        elif is_declared_larger(scope, self._max_size):
            headers = {"connection": "close"}
            await JSONResponse({"detail": _MESSAGE}, 413, headers)(scope, receive, send)
        else:
            await self._app(scope, self._counted(receive), send)

    def _counted(self, receive: Receive) -> Receive:
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self._max_size:
                # FastAPI answers with an HTTPException that is raised while it reads the body.
                raise HTTPException(413, _MESSAGE, {"connection": "close"})
            return message

        return counted


def is_declared_larger(scope: Scope, size: int) -> bool:
    """Whether a request's ``Content-Length`` is more than ``size`` bytes."""
    return any(
        name == b"content-length" and value.isdigit() and int(value) > size
        for name, value in scope["headers"]
    )
