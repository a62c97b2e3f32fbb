"""better-auth-server's way to the tables, made fit for requests that run at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, cast
from weakref import WeakValueDictionary

from better_auth import BetterAuth
from better_auth.internal_adapter import InternalAdapter
from better_auth.types import AuthRequest

from better_auth_prisma.repairs.verification import (
    as_magic_link,
    magic_link_identifier,
    oauth_identifier,
)

_Hooks = list[Callable[[], Awaitable[None]]]

#: The request that is being answered.
current_request: ContextVar[AuthRequest | None] = ContextVar("current_request", default=None)


class ConcurrentInternalAdapter(InternalAdapter):
    """What ``auth.internal`` does, with five of its defects mended.

    - The hooks that wait for a transaction's end belong to one request. In better-auth-server
      they belong to all, and another request's rollback loses them.
    - The locks of verification values go when nobody holds them. In better-auth-server they stay.
    - A sign-up takes, and demands, the fields of ``additional_fields`` and of plugins, as
      better-auth's ``parseUserInput`` does. In better-auth-server they are dropped.
    - Every session says from where it was asked for. In better-auth-server, that of a device
      (``device-authorization``) does not.
    - A verification value is good for its own purpose alone: see `repairs.verification`.
    """

    def __init__(self, stock: InternalAdapter) -> None:
        self._queue: ContextVar[_Hooks | None] = ContextVar("after_queue", default=None)
        vars(self).update(vars(stock))
        locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._consume_locks = cast(dict[str, asyncio.Lock], locks)

    @property
    def _after_queue(self) -> _Hooks | None:
        return self._queue.get()

    @_after_queue.setter
    def _after_queue(self, hooks: _Hooks | None) -> None:
        self._queue.set(hooks)

    async def create_user(
        self,
        user: dict[str, Any],
        *,
        source: dict[str, Any] | None = None,
        ctx: Any = None,
        force_allow_id: bool = False,
    ) -> dict[str, Any] | None:
        if ctx is not None and ctx.request.path == "/sign-up/email":
            user = user | ctx.auth.parse_user_input(ctx.body(), "create")
        return await super().create_user(
            user, source=source, ctx=ctx, force_allow_id=force_allow_id
        )

    async def create_session(
        self,
        user_id: str,
        *,
        dont_remember_me: bool = False,
        override: dict[str, Any] | None = None,
        ip_address: str = "",
        user_agent: str = "",
    ) -> dict[str, Any] | None:
        request = current_request.get()
        if request is not None:
            ip_address = ip_address or request.client_ip or ""
            user_agent = user_agent or request.headers.get("user-agent", "")
        return await super().create_session(
            user_id,
            dont_remember_me=dont_remember_me,
            override=override,
            ip_address=ip_address,
            user_agent=user_agent,
        )

    async def create_verification_value(
        self, data: dict[str, Any], *, force_allow_id: bool = False
    ) -> dict[str, Any] | None:
        data = as_magic_link(_current_path(), data)
        return await super().create_verification_value(data, force_allow_id=force_allow_id)

    async def consume_verification_value(self, identifier: str) -> dict[str, Any] | None:
        identifier = magic_link_identifier(_current_path(), identifier)
        return await super().consume_verification_value(identifier)

    async def _stored_identifier(self, identifier: str) -> tuple[Any, str]:
        return await super()._stored_identifier(oauth_identifier(_current_path(), identifier))


def _current_path() -> str:
    request = current_request.get()
    return request.path if request is not None else ""


def make_concurrent(auth: BetterAuth) -> None:
    """Gives ``auth`` an internal adapter for requests that run at the same time."""
    if not isinstance(auth.internal, ConcurrentInternalAdapter):
        auth.internal = ConcurrentInternalAdapter(auth.internal)
