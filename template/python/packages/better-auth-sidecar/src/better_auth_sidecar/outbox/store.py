"""The outbox's table, accessed with SQLAlchemy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    and_,
    func,
    select,
    update,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.types import TypeDecorator, TypeEngine

from better_auth_sidecar.outbox.messages import EXPIRED, Row


class _Instant(TypeDecorator[datetime]):
    """Prisma's DateTime: UTC without a time zone; text in SQLite."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String())
        is_mysql = dialect.name in ("mysql", "mariadb")
        return dialect.type_descriptor(mysql.DATETIME(fsp=3) if is_mysql else DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if dialect.name == "sqlite":
            return value.astimezone(UTC).isoformat(timespec="milliseconds")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        found = datetime.fromisoformat(value) if isinstance(value, str) else value
        return found if found.tzinfo else found.replace(tzinfo=UTC)


#: The model OutboxMessage of prisma/schema.prisma.
_TABLE = Table(
    "outboxMessage",
    MetaData(),
    Column("id", String, primary_key=True),
    Column("kind", String),
    Column("recipient", String),
    Column("data", String),
    Column("createdAt", _Instant),
    Column("dueAt", _Instant),
    Column("expiresAt", _Instant),
    Column("attempts", Integer),
    Column("sentAt", _Instant),
    Column("error", String),
)
_C = _TABLE.c


class SqlStore:
    """The outbox in PostgreSQL, CockroachDB, MySQL, MariaDB or SQLite.

    Args:
        engine: an engine of ``create_engine``.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def claim(self, lease: timedelta) -> Row | None:
        """Claims the message that is due first: no other sender gets it during ``lease``."""
        engine = self._engine
        if engine.dialect.name in ("mysql", "mariadb"):
            # REPEATABLE READ would lock the gap in which auth.ts inserts the next message.
            engine = engine.execution_options(isolation_level="READ COMMITTED")
        async with engine.begin() as connection:
            now = datetime.now(UTC)
            due = select(_TABLE).where(_C.dueAt <= now).order_by(_C.dueAt).limit(1)
            # SQLite has no row locks: there, the condition of the update alone decides.
            found = (await connection.execute(due.with_for_update(skip_locked=True))).first()
            if found is None:
                return None
            is_same = and_(_C.id == found.id, _C.dueAt == found.dueAt)
            taken = await connection.execute(
                update(_TABLE)
                .where(is_same, _C.attempts == found.attempts)
                .values(dueAt=now + lease, attempts=found.attempts + 1)
            )
            if taken.rowcount == 1:
                return Row.model_validate(found)
        return await self.claim(lease)

    async def sent(self, row: Row, *, wipe: bool) -> None:
        """Marks a message as sent, and wipes its data if asked to."""
        values = {"sentAt": datetime.now(UTC), "dueAt": None, "error": None}
        await self._change(row, **values, **({"data": None} if wipe else {}))

    async def postponed(self, row: Row, pause: timedelta, error: str) -> None:
        """Records why a message was not sent, and schedules its retry after ``pause``."""
        await self._change(row, dueAt=datetime.now(UTC) + pause, error=error)

    async def failed(self, row: Row, error: str) -> None:
        """Marks a message as failed for good, and wipes its data."""
        await self._change(row, dueAt=None, data=None, error=error)

    async def _change(self, row: Row, **values: Any) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(update(_TABLE).where(_C.id == row.id).values(**values))

    async def expire(self) -> list[Row]:
        """Wipes the data of messages whose link or code has expired.

        Returns:
            The messages among them that had not been sent.
        """
        is_over = and_(_C.expiresAt <= datetime.now(UTC), _C.data.is_not(None))
        rows = await self._read(select(_TABLE).where(is_over))
        if rows:
            ids = _C.id.in_([row.id for row in rows])
            was_lost = and_(ids, _C.sentAt.is_(None))
            async with self._engine.begin() as connection:
                await connection.execute(
                    update(_TABLE)
                    .where(was_lost)
                    .values(dueAt=None, error=func.coalesce(_C.error, EXPIRED))
                )
                await connection.execute(update(_TABLE).where(ids).values(data=None))
        return [row for row in rows if row.sent_at is None]

    async def recent(self, limit: int) -> list[Row]:
        """The latest messages, newest first."""
        return await self._read(select(_TABLE).order_by(_C.createdAt.desc()).limit(limit))

    async def _read(self, query: Select[Any]) -> list[Row]:
        async with self._engine.connect() as connection:
            return [Row.model_validate(found) for found in await connection.execute(query)]
