"""The outbox accessed through the auth server, for databases without a driver in Python."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from better_auth_sidecar.outbox.messages import Row
from better_auth_sidecar.server import AuthServer


class RemoteStore:
    """An outbox that the auth server reads and writes; its methods are those of `SqlStore`.

    Args:
        auth_server: a server with ``outboxRoutes(prisma)`` among its internal routes.
    """

    def __init__(self, auth_server: AuthServer) -> None:
        self._auth_server = auth_server

    async def claim(self, lease: timedelta) -> Row | None:
        found = await self._call("claim", lease.total_seconds())
        return Row.model_validate(found) if found else None

    async def sent(self, row: Row, *, wipe: bool) -> None:
        await self._call("sent", row.id, wipe)

    async def postponed(self, row: Row, pause: timedelta, error: str) -> None:
        await self._call("postponed", row.id, pause.total_seconds(), error)

    async def failed(self, row: Row, error: str) -> None:
        await self._call("failed", row.id, error)

    async def expire(self) -> list[Row]:
        return [Row.model_validate(found) for found in await self._call("expire")]

    async def recent(self, limit: int) -> list[Row]:
        return [Row.model_validate(found) for found in await self._call("recent", limit)]

    async def _call(self, name: str, *given: object) -> Any:
        body = {"call": name, "given": given}
        return (await self._auth_server.ask("outbox", body=body)).data
