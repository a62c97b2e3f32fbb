"""Who is signed in, for the routes of the application."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from better_auth import BetterAuth
from better_auth.origin import check_origin
from better_auth.session import get_session
from better_auth.types import APIError, AuthResponse, Ctx
from fastapi import HTTPException
from starlette.requests import HTTPConnection

from better_auth_prisma.http import COOKIES
from better_auth_prisma.http_request import to_auth_request


@dataclass(frozen=True)
class AuthSession:
    """A session and its user, with the fields of the schema."""

    session: dict[str, Any]
    user: dict[str, Any]


class SessionReader:
    """A FastAPI dependency: the session of a request, or None.

    Unlike ``auth.load_session`` it runs the plugins' hooks, so that ``BearerPlugin``,
    ``ApiKeyPlugin`` and their like decide here as they do under ``/api/auth``; it lets the answer
    renew the session's cookie; it refuses banned users at once; and it refuses writes and
    WebSockets that a foreign page sends with the user's cookie.
    """

    def __init__(self, auth: BetterAuth) -> None:
        self.auth = auth

    async def __call__(self, connection: HTTPConnection) -> AuthSession | None:
        """Reads the session.

        Raises:
            HTTPException: a plugin refuses the request, or its origin is not trusted; the status
                is better-auth's.
        """
        try:
            return await self._read(connection)
        except APIError as error:
            detail = {"code": error.code, "message": error.message}
            raise HTTPException(error.status, detail) from error

    async def _read(self, connection: HTTPConnection) -> AuthSession | None:
        # A WebSocket is opened by GET, but may go on to do anything: it is checked like a write.
        method = connection.scope.get("method", "POST")
        request = to_auth_request(connection, self.auth, "/get-session", method=method)
        context = Ctx(auth=self.auth, request=request)
        await check_origin(self.auth, context)
        request.method = "GET"
        answer = await self._run_before_hooks(context)
        if answer is not None:
            found = answer.body if answer.status == 200 else None
        else:
            found, cookies = await get_session(self.auth, request)
            connection.scope.get(COOKIES, []).extend(cookies)
        if not found or _is_banned(found["user"]):
            return None
        return AuthSession(session=found["session"], user=found["user"])

    async def _run_before_hooks(self, context: Ctx) -> AuthResponse | None:
        """Runs what may answer, or change the request, before better-auth reads a session."""
        configured = self.auth.hooks.get("before")
        answer = await configured(context) if configured else None
        for plugin in self.auth.plugins:
            if answer is not None:
                break
            answer = await plugin.before(context)
            for hook in plugin.hooks().before:
                if answer is None and hook.matcher(context):
                    result = await hook.handler(context)
                    answer = result if isinstance(result, AuthResponse) else None
        return answer


def _is_banned(user: dict[str, Any]) -> bool:
    if not user.get("banned"):
        return False
    expires: datetime | None = user.get("banExpires")
    return expires is None or expires > datetime.now(timezone.utc)
