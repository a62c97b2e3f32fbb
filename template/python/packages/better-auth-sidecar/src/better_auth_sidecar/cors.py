"""CORS for the application's own routes."""

from __future__ import annotations

from starlette.middleware.cors import CORSMiddleware as StarletteCORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from better_auth_sidecar.origins import is_trusted, origin_of
from better_auth_sidecar.settings import Settings


class CORSMiddleware(StarletteCORSMiddleware):
    """Allows pages of TRUSTED_ORIGINS to call the application with cookies.

    Add it with ``app.add_middleware(CORSMiddleware, settings=settings)``. Unlike FastAPI's, it
    skips ``/api/auth``, where the auth server answers preflight requests by the same setting.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        *,
        allow_methods: tuple[str, ...] = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"),
        allow_headers: tuple[str, ...] = ("*",),
        expose_headers: tuple[str, ...] = (),
    ) -> None:
        self._trusted = settings.origins
        super().__init__(
            app,
            allow_methods=allow_methods,
            allow_headers=allow_headers,
            allow_credentials=True,
            expose_headers=expose_headers,
        )

    def is_allowed_origin(self, origin: str) -> bool:
        """Decides as the check of writes does, which has better-auth's rules."""
        return is_trusted(origin_of([(b"origin", origin.encode("latin-1"))]), self._trusted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if is_auth(scope):
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def is_auth(scope: Scope) -> bool:
    """Whether a request is for the auth server, which has its own CORS and limits."""
    # Uvicorn's `--root-path` is in front of the path.
    path: str = scope.get("path", "").removeprefix(scope.get("root_path", ""))
    return path == "/api/auth" or path.startswith("/api/auth/")
