"""Answers of security keys that are none."""

from __future__ import annotations

from better_auth.types import Ctx


async def take_any_answer(ctx: Ctx) -> None:
    """``@better-auth/passkey``: an answer without an id is refused as that of an unknown passkey.

    better-auth-server takes the id out without looking whether it is there.
    """
    response = ctx.body()["response"]
    if not isinstance(response.get("id"), str):
        response["id"] = ""  # the id of no passkey
