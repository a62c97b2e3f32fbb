"""Whether the database can serve the application."""

from __future__ import annotations

import asyncio

from sqlalchemy import column, select, table
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine


async def is_ready(engine: AsyncEngine, *, users: str = "user", seconds: float = 2) -> bool:
    """Whether the database answers in time and has its tables.

    Args:
        engine: where the tables are.
        users: the table of the users.
        seconds: how long to wait for the answer.
    """
    try:
        await asyncio.wait_for(_look_at(engine, users), seconds)
    except (TimeoutError, OSError, SQLAlchemyError):
        return False
    return True


async def _look_at(engine: AsyncEngine, users: str) -> None:
    async with engine.connect() as connection:
        await connection.execute(select(column("id")).select_from(table(users)).limit(1))
