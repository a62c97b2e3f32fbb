"""Column types as a Prisma client stores them.

Prisma keeps a ``DateTime`` in UTC to the millisecond: ``timestamp(3)`` on PostgreSQL and
CockroachDB, ``datetime(3)`` on MySQL, ISO 8601 text on SQLite. Outside the database a datetime is
always aware, inside it never is unless the schema says ``@db.Timestamptz``.
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from better_auth.schema import Field
from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    DateTime,
    Dialect,
    Double,
    Enum,
    Float,
    Integer,
    Numeric,
    SmallInteger,
    Text,
    Uuid,
)
from sqlalchemy.dialects.mysql import DATETIME
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.types import TypeDecorator, TypeEngine


def to_milliseconds(value: datetime) -> datetime:
    """The same moment in UTC, cut to what JavaScript's ``Date`` can hold.

    A naive datetime is taken for UTC, as everywhere in better-auth-server.
    """
    utc = value if value.tzinfo is None else value.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000, tzinfo=UTC)


class Timestamp(TypeDecorator[datetime]):
    """``DateTime`` of Prisma on PostgreSQL, CockroachDB and MySQL."""

    impl = DateTime
    cache_ok = True

    def __init__(self, with_time_zone: bool = False) -> None:
        super().__init__()
        self.with_time_zone = with_time_zone

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "mysql":
            return dialect.type_descriptor(DATETIME(fsp=3))
        return dialect.type_descriptor(TIMESTAMP(timezone=self.with_time_zone, precision=3))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = to_milliseconds(value)
        return moment if self.with_time_zone else moment.replace(tzinfo=None)

    def process_result_value(self, value: date | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        # A day, of ``@db.Date``, is to Prisma its first moment.
        whole = value if isinstance(value, datetime) else datetime.combine(value, time.min)
        return to_milliseconds(whole)


class IsoTimestamp(TypeDecorator[datetime]):
    """``DateTime`` of Prisma on SQLite: text such as ``2026-11-23T14:16:15.641+00:00``.

    Reads milliseconds since 1970 too, as Prisma wrote them before its driver adapters, and what
    ``CURRENT_TIMESTAMP`` leaves.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else to_milliseconds(value).isoformat(timespec="milliseconds")

    def process_result_value(self, value: str | int | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, int) or value.lstrip("-").isdigit():
            return datetime.fromtimestamp(int(value) / 1000, UTC)
        return to_milliseconds(datetime.fromisoformat(value))


class DecimalNumber(TypeDecorator[float]):
    """``Decimal`` of Prisma, as the number that better-auth has a type for."""

    impl = Numeric
    cache_ok = True

    def process_bind_param(self, value: float | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(str(value))

    def process_result_value(self, value: Decimal | None, dialect: Dialect) -> float | None:
        return None if value is None else float(value)


def fitting(value: Any, field: Field, column: TypeEngine[Any]) -> Any:
    """A value as a field and its column hold it; a moment may come as its text, as in JSON.

    Raises:
        ValueError: they cannot hold it.
    """
    if value is None or field.type == "json":
        return value
    if field.type == "datetime":
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        fits = isinstance(value, datetime)
    elif field.type == "number":
        fits = _holds_number(column, value)
    else:
        fits = isinstance(value, _KINDS[field.type])
    if not fits:
        raise ValueError(f"expected {field.type}")
    return value


def _holds_number(column: TypeEngine[Any], value: Any) -> bool:
    if isinstance(column, (Double, DecimalNumber)):
        return type(value) in (int, float) and math.isfinite(value)
    bits = next(bits for kind, bits in _BITS.items() if isinstance(column, kind))
    return type(value) is int and -(2**bits) <= value < 2**bits


#: The first class that fits counts: a BigInteger is an Integer, too.
_BITS = {BigInteger: 63, SmallInteger: 15, Integer: 31}
_KINDS = {"string": str, "text": str, "boolean": bool, "string[]": list, "number[]": list}


def column_type(field: Field, provider: str) -> TypeEngine[Any]:
    """The type of the column that Prisma makes for a field of better-auth.

    Raises:
        ValueError: better-auth has no such field type.
    """
    native = provider in ("postgresql", "cockroachdb")
    if field.type in ("string", "text"):
        return Text()
    if field.type == "number":
        return BigInteger() if field.bigint else Integer()
    if field.type == "boolean":
        return Boolean()
    if field.type == "datetime":
        return IsoTimestamp() if provider == "sqlite" else Timestamp()
    if field.type == "json":
        return JSONB(none_as_null=True) if native else Text()
    if field.type == "string[]":
        return ARRAY(Text()) if native else Text()
    if field.type == "number[]":
        return ARRAY(Integer()) if native else Text()
    raise ValueError(f"better-auth has no field type {field.type!r}")


def refined_type(declared: TypeEngine[Any], found: TypeEngine[Any]) -> TypeEngine[Any]:
    """The declared type, unless somebody chose another one for the column.

    Understands ``@db.Timestamptz``, ``@db.Uuid``, ``@db.Json``, enums, and the other types of
    numbers that Prisma has.
    """
    if isinstance(declared, Timestamp) and getattr(found, "timezone", False):
        return Timestamp(with_time_zone=True)
    if isinstance(declared, Text):
        if isinstance(found, Uuid):
            return Uuid(as_uuid=False)
        return found if isinstance(found, Enum) else declared
    if isinstance(declared, JSONB) and not isinstance(found, JSONB):
        return JSON(none_as_null=True)
    if isinstance(declared, Integer):
        if isinstance(found, Float):
            return Double()
        if isinstance(found, Numeric):
            return DecimalNumber()
        return found if isinstance(found, tuple(_BITS)) else declared
    return found if isinstance(declared, ARRAY) and isinstance(found, ARRAY) else declared
