"""Who is asking, and what they may learn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from better_auth import Where
from better_auth.crypto import unsign_value
from better_auth.plugins_ext import BearerPlugin
from better_auth.session import cookie_name
from better_auth.types import APIError, AuthResponse, Ctx


async def put_bearer_before_cookie(ctx: Ctx) -> None:
    """``plugins/bearer/index.ts``: of a bearer and a cookie, the bearer counts."""
    bearer = next((each for each in ctx.auth.plugins if isinstance(each, BearerPlugin)), None)
    scheme, _, token = ctx.request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    if bearer is None or scheme.lower() != "bearer" or not token:
        return
    if unsign_value(ctx.auth.secret, token) if "." in token else not bearer.require_signature:
        name = cookie_name(ctx.auth)
        pairs = ctx.request.headers.get("cookie", "").split(";")
        others = [pair for pair in pairs if pair.partition("=")[0].strip() != name]
        ctx.request.headers["cookie"] = ";".join(others)


async def ask_for_session(ctx: Ctx) -> None:
    """Refuses strangers."""
    await ctx.require_session()


async def ask_for_fresh_session(ctx: Ctx) -> None:
    """``api/routes/session.ts``: the list holds tokens, so an old session may not see it."""
    found = await ctx.get_session()
    fresh_age = ctx.auth.session_options.fresh_age
    if found is None or fresh_age == 0:
        return
    created: datetime = found["session"]["createdAt"]
    if datetime.now(UTC) - created >= timedelta(seconds=fresh_age):
        raise APIError(403, "SESSION_NOT_FRESH", "Session is not fresh")


async def tell_strangers_nothing(ctx: Ctx) -> AuthResponse | None:
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
