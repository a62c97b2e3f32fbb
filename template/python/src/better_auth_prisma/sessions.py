"""Who is signed in, for the routes of the application.

Built on fastapi-better-auth-bridge, which checks signature, expiry and ban. What it leaves out is
here: better-auth's own rules about origins, the sessions of plugins, and renewal.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Generic, TypeVar

from better_auth import BetterAuth
from better_auth.origin import check_origin
from better_auth.plugins import Plugin, PluginHook
from better_auth.plugins_ext import BearerPlugin
from better_auth.session import cookie_name, get_session
from better_auth.types import APIError, AuthRequest, AuthResponse, Ctx
from fastapi import HTTPException
from fastapi.security import APIKeyCookie
from fastapi.security.base import SecurityBase
from fastapi_better_auth import (
    AuthServiceUnavailable,
    CookieVerifier,
    CsrfDisabled,
    InvalidCredential,
    Session,
    SessionExpired,
    SessionRevoked,
    SharedSecret,
    User,
    parse_user,
)
from pydantic import SecretStr
from sqlalchemy.exc import DBAPIError
from starlette.requests import HTTPConnection

from better_auth_prisma.adapter import PrismaAdapter
from better_auth_prisma.http import COOKIES
from better_auth_prisma.http_request import parse_cookies, to_session_request
from better_auth_prisma.repairs import Repairs
from better_auth_prisma.repairs.sessions import put_bearer_before_cookie
from better_auth_prisma.session_store import PrismaSessionStore

UserT = TypeVar("UserT", bound=User)

_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_logger = logging.getLogger(__name__)


class SessionReader(SecurityBase, Generic[UserT]):
    """A FastAPI dependency: the session of a request, or None.

    The database is asked each time, in one query: a sign-out, a ban or an expiry counts at once,
    whichever server it happened on and whatever cookie cache is configured. Plugins that know
    other ways to be signed in (``BearerPlugin``, ``ApiKeyPlugin``) decide as they do under
    ``/api/auth``. Writes and WebSockets that a foreign page sends with the user's cookie are
    refused.

    Behind ``mount_auth`` a session is renewed when better-auth would renew it, and its cookies go
    with the answer. Without ``mount_auth`` nothing is written: that is for the server which made
    the session.
    """

    def __init__(self, auth: BetterAuth, user_model: type[UserT]) -> None:
        """``user_model`` has the fields of users that the routes see.

        Raises:
            TypeError: ``auth`` works on something else than a ``prisma_adapter``.
            ConfigurationError: its secret could be guessed.
        """
        if not isinstance(auth.adapter, PrismaAdapter):
            raise TypeError("SessionReader needs a prisma_adapter")
        self.auth, self.user_model = auth, user_model
        self._cookie = cookie_name(auth)
        self._dont_remember = cookie_name(auth, "dont_remember")
        self._store = PrismaSessionStore(auth.adapter)
        self._verifier = CookieVerifier(
            secret=SharedSecret(auth.secret),
            store=self._store,
            # The library's own policies know neither wildcards nor functions in trusted_origins.
            csrf=CsrfDisabled(reason="check_origin of better-auth-server has run before"),
            cookie_name=f"{auth.cookie_prefix}.session_token",
            secure_cookies=auth.use_secure_cookies,
        )
        # What /docs shows; the class attributes of FastAPI's own security schemes.
        self.model = APIKeyCookie(name=self._cookie).model
        self.scheme_name = "session"

    async def __call__(self, connection: HTTPConnection) -> Session[UserT] | None:
        """Reads the session.

        Raises:
            HTTPException: a plugin refuses the request, or its origin is not trusted; the status
                is better-auth's. 503: the database cannot be asked.
        """
        try:
            return await self._read(connection)
        except APIError as error:
            detail = {"code": error.code, "message": error.message}
            raise HTTPException(error.status, detail) from error
        except (AuthServiceUnavailable, DBAPIError, OSError) as error:
            # Its message may hold the statement, and that the token.
            _logger.warning("sessions cannot be read: %s", type(error).__name__)
            detail = {"code": "SERVICE_UNAVAILABLE", "message": "Sessions cannot be read"}
            raise HTTPException(503, detail) from error
        except InvalidCredential as error:
            _logger.info("refused: %s", error.reason)
            return None

    async def _read(self, connection: HTTPConnection) -> Session[UserT] | None:
        header = "; ".join(connection.headers.getlist("cookie"))
        request: AuthRequest | None = None
        is_write = connection.scope.get("method") not in _SAFE_METHODS
        if is_write or self._hooks:
            request = to_session_request(connection, self.auth)
            context = Ctx(auth=self.auth, request=request)
            if is_write:
                await check_origin(self.auth, context)
            request.method = "GET"
            answer = await self._run_hooks(context)
            if answer is not None:
                return self._checked(answer.body) if answer.status == 200 else None
            header = request.headers.get("cookie", "")

        cookies = parse_cookies(header)
        if self._cookie not in cookies:
            return None
        try:
            session = await self._verify(cookies[self._cookie])
        except (SessionExpired, SessionRevoked) as error:
            _logger.info("refused: %s", error.reason)
            if COOKIES in connection.scope:
                await self._leave_to_better_auth(connection, request)
            return None
        is_due = self._is_due(session) and self._dont_remember not in cookies
        if is_due and COOKIES in connection.scope:
            return self._checked(await self._leave_to_better_auth(connection, request))
        return session

    async def _verify(self, cookie: str) -> Session[UserT]:
        # The library refuses two cookies of the name, and quotes; here they have been dealt with.
        header = f"{self._cookie}={cookie}".encode("latin-1")
        alone = HTTPConnection({"type": "http", "headers": [(b"cookie", header)]})
        # A schema that does not fit is an error to see, not a session to refuse.
        await self._store.prepare()
        return await self._verifier.verify(self._verifier.extract(alone), self.user_model)

    # --- plugins --------------------------------------------------------------------------

    @cached_property
    def _hooks(self) -> list[PluginHook]:
        """What may answer, or change the request, before better-auth reads a session."""
        hooks = []
        if configured := self.auth.hooks.get("before"):
            hooks.append(PluginHook(_always, configured))
        for plugin in self.auth.plugins:
            if isinstance(plugin, BearerPlugin):
                hooks.append(PluginHook(_always, put_bearer_before_cookie))
            if type(plugin).before is not Plugin.before:
                hooks.append(PluginHook(_always, plugin.before))
            if not isinstance(plugin, Repairs):
                hooks.extend(plugin.hooks().before)
        return hooks

    async def _run_hooks(self, context: Ctx) -> AuthResponse | None:
        for hook in self._hooks:
            if hook.matcher(context):
                answer = await hook.handler(context)
                if isinstance(answer, AuthResponse):
                    return answer
        return None

    def _checked(self, found: Mapping[str, Any] | None) -> Session[UserT] | None:
        """A session that better-auth or a plugin has found, unless its user is banned."""
        if not found or _is_banned(found["user"]):
            return None
        session = found["session"]
        return Session(
            user=parse_user(self.user_model, found["user"]),
            expires_at=session["expiresAt"],
            token=SecretStr(session["token"]),
            impersonated_by=session.get("impersonatedBy"),
            raw=session,
        )

    # --- renewal --------------------------------------------------------------------------

    def _is_due(self, session: Session[UserT]) -> bool:
        """Whether better-auth would renew the session: ``api/routes/session.ts``."""
        options = self.auth.session_options
        if options.disable_session_refresh or options.defer_session_refresh:
            return False
        lifetime_left = timedelta(seconds=options.expires_in - options.update_age)
        assert session.expires_at is not None
        return session.expires_at - lifetime_left <= datetime.now(UTC)

    async def _leave_to_better_auth(
        self, connection: HTTPConnection, request: AuthRequest | None
    ) -> dict[str, Any] | None:
        """Has the session renewed or ended; the cookies for that go with the answer."""
        request = request or to_session_request(connection, self.auth)
        found, cookies = await get_session(self.auth, request, disable_cache=True)
        connection.scope[COOKIES].extend(cookies)
        return found


def _always(context: Ctx) -> bool:
    return True


def _is_banned(user: Mapping[str, Any]) -> bool:
    if not user.get("banned"):
        return False
    expires: datetime | None = user.get("banExpires")
    return expires is None or expires > datetime.now(UTC)
