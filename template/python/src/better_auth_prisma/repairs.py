"""What better-auth refuses and better-auth-server lets through, as a plugin that refuses it too.

Each repair names the file of better-auth 1.7.7 whose rule it follows. The conformance tests of the
template run the same requests against both servers.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from better_auth import BetterAuth, Where
from better_auth.plugins import HookSet, Plugin, PluginHook
from better_auth.types import APIError, AuthResponse, Ctx

#: Routes that better-auth has for server-side calls alone (``set-password``), or no longer has.
UNSERVED = {"/set-password", "/forget-password"}


class Repairs(Plugin):
    """Runs before the routes that need it."""

    id = "better-auth-prisma-repairs"

    def hooks(self) -> HookSet:
        return HookSet(
            before=[
                PluginHook(
                    lambda ctx: ctx.request.path == "/list-sessions", _ask_for_fresh_session
                ),
                PluginHook(
                    lambda ctx: ctx.request.path == "/send-verification-email",
                    _tell_strangers_nothing,
                ),
            ]
        )


def repair(auth: BetterAuth) -> None:
    """Adds the repairs to ``auth``, once."""
    auth.disabled_paths |= UNSERVED
    if not any(isinstance(plugin, Repairs) for plugin in auth.plugins):
        auth.plugins.insert(0, Repairs())


async def _ask_for_fresh_session(ctx: Ctx) -> None:
    """``api/routes/session.ts``: the list holds tokens, so an old session may not see it."""
    found = await ctx.get_session()
    fresh_age = ctx.auth.session_options.fresh_age
    if found is None or fresh_age == 0:
        return
    created: datetime = found["session"]["createdAt"]
    if datetime.now(timezone.utc) - created >= timedelta(seconds=fresh_age):
        raise APIError(403, "SESSION_NOT_FRESH", "Session is not fresh")


async def _tell_strangers_nothing(ctx: Ctx) -> AuthResponse | None:
    """``api/routes/email-verification.ts``: nobody learns which addresses have an account."""
    email = str(ctx.body().get("email")).lower()
    found = await ctx.get_session()
    if found is None:
        user = await ctx.adapter.find_one("user", [Where("email", email)])
        if user is not None and not user["emailVerified"]:
            return None
        return AuthResponse(body={"status": True})
    if found["user"]["email"] != email:
        raise APIError(400, "EMAIL_MISMATCH", "Email mismatch")
    if found["user"]["emailVerified"]:
        raise APIError(400, "EMAIL_ALREADY_VERIFIED", "Email is already verified")
    return None
