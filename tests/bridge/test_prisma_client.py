"""What Prisma's client writes the adapter reads, and the other way round, in any time zone."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from better_auth import MemoryAdapter, Where
from better_auth.config import UserOptions
from better_auth.types import APIError
from better_auth_prisma import PrismaAdapter, create_prisma_engine, prisma_adapter

from tests.bridge import everything
from tests.bridge.configurations import configure
from tests.bridge.conftest import PROVIDERS, run_sql
from tests.bridge.databases import push
from tests.bridge.mysql_tables import create_tables
from tests.bridge.prisma_client import BigInt, PrismaClient, PrismaError, prisma_client, utc

NUMBERS = itertools.count()
#: The last integer that JavaScript's numbers hold for sure.
SAFE_INTEGER = 2**53 - 1


@dataclass(frozen=True)
class Place:
    """A database with a `User` of every type, and Prisma's client on it."""

    provider: str
    url: str
    folder: Path
    prisma: PrismaClient


@pytest.fixture(scope="module", params=PROVIDERS)
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    provider: str = request.param
    folder = tmp_path_factory.mktemp(provider)
    schema = everything.schema(provider)
    if provider == "sqlite":
        url = f"file:{folder / 'test.db'}"
        push(schema, url, folder)
    else:
        server = "postgresql_server" if provider == "postgresql" else "mariadb_server"
        base: str = request.getfixturevalue(server)
        url = f"{base.rsplit('/', 1)[0]}/everything"
        asyncio.run(run_sql(provider, base, "CREATE DATABASE everything"))
        if provider == "postgresql":
            push(schema, url, folder)
            zone = "ALTER DATABASE everything SET timezone = 'Pacific/Auckland'"
            asyncio.run(run_sql(provider, url, zone))
        else:
            (folder / "schema.prisma").write_text(schema)
            asyncio.run(run_sql(provider, url, *create_tables(schema)))
    official = everything.official_fields(provider)
    with prisma_client(folder, provider, url, official, zone="America/St_Johns") as prisma:
        yield Place(provider, url, folder, prisma)


@pytest.fixture(autouse=True)
def in_kathmandu(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A time zone of this process that is neither UTC's, nor the client's, nor the database's."""
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
async def adapter(place: Place) -> AsyncIterator[PrismaAdapter]:
    engine = create_prisma_engine(place.url, provider=place.provider, root=place.folder)
    adapter = prisma_adapter(engine, provider=place.provider, **everything.NAMES)
    fields = everything.fields(place.provider)
    options = {"user": UserOptions(additional_fields=fields), "plugins": []}
    adapter.init({"user": configure(MemoryAdapter(), **options).schema["user"]})
    yield adapter
    await engine.dispose()


#: Values of each type that have gone wrong somewhere.
VALUES: dict[str, list[Any]] = {
    "name": ["Zoë \U0001f600\U0001f9d1\u200d\U0001f680", "", "a'b\"c\\d%e_f", "null", "\t\r\n"],
    "image": ["x" * 60_000, None],
    "emailVerified": [True, False],
    "number": [0, -(2**31), 2**31 - 1, None],
    "big": [2**53 - 1, 2**53 + 1, 1 - 2**63, 2**63 - 1, 0],
    "float": [0.1, -1e300, 3.0],
    "decimal": [0.1, -12345.678, 3],
    "moment": [
        utc("2026-11-23T14:16:15.641"),
        utc("1969-07-20T20:17:40.001"),
        utc("1999-12-31T23:59:59.999"),
        utc("2038-01-19T03:14:08"),
        utc("9999-12-31T23:59:59.999"),
        None,
    ],
    "json": [{"a": [1, None, "é\U0001f600"], "b": {"c": 1.5}}, [1, "two"], {}, [], 5, True, None],
    "role": ["USER", "ADMIN"],
    "zoned": [utc("2026-03-29T01:30:00.5"), utc("2026-10-25T01:30:00.5"), None],
    "finer": [utc("2026-11-23T14:16:15.641"), None],
    "day": [utc("2026-11-23T00:00:00"), utc("1900-03-01T00:00:00"), None],
    "plain": [{"a": [1, 2]}, ["x"], None],
    "small": [-(2**15), 2**15 - 1],
    "short": ["twenty characters 20", ""],
    "strings": [["a", "b,c", '"', "{}", "é\U0001f600", ""], []],
    "numbers": [[1, -2, 2**31 - 1], []],
    "bigs": [[2**40, -1], []],
    "roles": [["ADMIN", "USER"], []],
}


def rows(place: Place, biggest: int = 2**63 - 1) -> Iterator[dict[str, Any]]:
    """Rows in which each value of each type occurs; of big integers up to ``biggest``."""
    known = {*everything.fields(place.provider), "name", "image", "emailVerified"}
    values = {name: values for name, values in VALUES.items() if name in known}
    if place.provider == "sqlite":
        biggest = SAFE_INTEGER  # Prisma's adapter for SQLite reads no other
    values["big"] = [big for big in values["big"] if abs(big) <= biggest]
    for number in range(max(map(len, values.values()))):
        key = f"{place.provider}{next(NUMBERS)}"
        row = {name: some[number % len(some)] for name, some in values.items()}
        if "uuid" in known:
            row["uuid"] = str(uuid.uuid4())
        created = utc("2026-01-02T03:04:05.678")
        stamps = {"createdAt": created, "updatedAt": created + timedelta(days=200)}
        yield {"id": key, "email": f"{key}@example.com", **stamps, **row}


def for_prisma(place: Place, row: dict[str, Any]) -> dict[str, Any]:
    """A row as Prisma's client takes it."""
    given: dict[str, Any] = {}
    for name, value in row.items():
        if name in ("json", "plain") and value is None:
            continue  # JavaScript's null would be JSON's
        if name == "big":
            given[name] = BigInt(value)
        elif name == "bigs":
            given[name] = [BigInt(each) for each in value]
        elif isinstance(value, list) and name != "json" and place.provider != "postgresql":
            given[name] = json.dumps(value)
        else:
            given[name] = value
    return given


def from_prisma(place: Place, row: dict[str, Any]) -> dict[str, Any]:
    """A row that Prisma's client gave, with better-auth's types."""
    found = dict(row)
    if found["decimal"] is not None:
        found["decimal"] = float(found["decimal"])  # a Decimal, which JSON has as text
    if place.provider != "postgresql":
        for name in ("strings", "numbers"):
            found[name] = json.loads(found[name])
    return found


async def test_what_the_adapter_writes_prisma_reads(place: Place, adapter: PrismaAdapter) -> None:
    for row in rows(place):
        written = await adapter.create("user", row)
        assert written == row
        found = place.prisma.ask("findUnique", where={"id": row["id"]})
        assert from_prisma(place, found) == row


async def test_what_prisma_writes_the_adapter_reads(place: Place, adapter: PrismaAdapter) -> None:
    for row in rows(place):
        place.prisma.ask("create", data=for_prisma(place, row))
        for name, value in row.items():
            if isinstance(value, list) or name in ("json", "plain"):
                continue
            where = [Where("id", row["id"]), Where(name, value)]
            assert await adapter.find_one("user", where) == row, name


async def test_the_first_question_knows_the_types(place: Place, adapter: PrismaAdapter) -> None:
    row = next(rows(place))
    place.prisma.ask("create", data=for_prisma(place, row))
    where = [Where(name, row[name]) for name in ("id", "role", "zoned", "uuid") if name in row]
    assert await adapter.find_one("user", where) == row


async def test_each_updates_what_the_other_wrote(place: Place, adapter: PrismaAdapter) -> None:
    first, *others = rows(place)
    where = [Where("id", first["id"])]
    place.prisma.ask("create", data=for_prisma(place, first))
    for row in others:
        change = {**row, "id": first["id"], "email": first["email"]}
        assert await adapter.update("user", where, change) == change
        found = place.prisma.ask("findUnique", where={"id": first["id"]})
        assert from_prisma(place, found) == change

        data = for_prisma(place, {**first, "updatedAt": change["updatedAt"]})
        place.prisma.ask("update", where={"id": first["id"]}, data=data)
        read = await adapter.find_one("user", where)
        # What for_prisma leaves out stays as it was.
        assert read == {**change, **{name: first[name] for name in data}}


async def test_what_better_auth_writes_the_adapter_reads(
    place: Place, adapter: PrismaAdapter
) -> None:
    for row in rows(place, SAFE_INTEGER):
        given = {name: value for name, value in row.items() if value is not None}
        place.prisma.ask_official("create", data=given, forceAllowId=True)
        assert await adapter.find_one("user", [Where("id", row["id"])]) == row


async def test_what_the_adapter_writes_better_auth_reads(
    place: Place, adapter: PrismaAdapter
) -> None:
    for row in rows(place, SAFE_INTEGER):
        await adapter.create("user", row)
        where = [{"field": "id", "value": row["id"]}]
        found = place.prisma.ask_official("findOne", where=where)
        assert found | {"decimal": float(found["decimal"])} == row


async def test_prisma_sees_what_was_committed(place: Place, adapter: PrismaAdapter) -> None:
    kept, lost = itertools.islice(rows(place), 2)

    async def create(row: dict[str, Any], failure: Exception | None) -> None:
        async def work(inner: Any) -> None:
            await inner.create("user", row)
            assert await inner.find_one("user", [Where("id", row["id"])]) == row
            if place.provider != "sqlite":  # whose readers wait
                assert place.prisma.ask("findUnique", where={"id": row["id"]}) is None
            if failure:
                raise failure

        await adapter.transaction(work)

    await create(kept, None)
    with pytest.raises(LookupError):
        await create(lost, LookupError("changed my mind"))
    assert place.prisma.ask("count", where={"id": {"in": [kept["id"], lost["id"]]}}) == 1


async def test_an_address_that_prisma_has_given_away(place: Place, adapter: PrismaAdapter) -> None:
    theirs, ours = itertools.islice(rows(place), 2)
    place.prisma.ask("create", data=for_prisma(place, theirs))
    with pytest.raises(APIError) as refused:
        await adapter.create("user", {**ours, "email": theirs["email"]})
    assert (refused.value.status, refused.value.code) == (422, "FAILED_TO_CREATE_USER")

    await adapter.create("user", ours)
    with pytest.raises(PrismaError, match="Unique constraint"):
        data = for_prisma(place, {**theirs, "id": "another", "email": ours["email"]})
        place.prisma.ask("create", data=data)
