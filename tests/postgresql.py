"""Queries of the tests to a PostgreSQL."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg  # type: ignore[import-untyped]


def sql(url: str, *statements: str) -> list[Any]:
    """Runs statements; returns the rows of the last one."""

    async def run() -> list[Any]:
        connection = await asyncpg.connect(url)
        try:
            rows: list[Any] = []
            for statement in statements:
                rows = await connection.fetch(statement)
            return [tuple(row) for row in rows]
        finally:
            await connection.close()

    return asyncio.run(run())
