"""The adapter on tables that Prisma made: what it writes, and what it reads of others."""

from __future__ import annotations

import asyncio
import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from better_auth import BetterAuth, Where
from better_auth.plugins_ext import JWTPlugin, OAuthProviderPlugin
from better_auth.schema import Field, SchemaMismatchError
from better_auth.types import APIError
from better_auth_prisma import prisma_adapter
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.bridge import everything
from tests.bridge.configurations import configure, cookies, post
from tests.bridge.conftest import Database
from tests.bridge.databases import push

NOW = datetime(2026, 11, 23, 14, 16, 15, 641999, UTC)
TO_THE_MILLISECOND = NOW.replace(microsecond=641000)


@pytest.fixture
def auth(database: Database, engine: AsyncEngine) -> BetterAuth:
    return configure(prisma_adapter(engine, provider=database.provider))


NUMBERS = itertools.count()


def unique(name: str) -> str:
    return f"{name}_{next(NUMBERS)}"


def a_user(**fields: Any) -> dict[str, Any]:
    name = unique("user")
    return {"id": name, "name": name, "email": f"{name}@example.com", **fields}


async def test_a_user_signs_up_and_in(auth: BetterAuth, database: Database) -> None:
    email = f"{unique('ada')}@example.com"
    up = {"email": email, "password": "correct horse", "name": "Ada", "username": unique("ada")}
    signed_up = await auth.handle(post("/sign-up/email", json.dumps(up)))
    assert signed_up.status == 200, signed_up.body

    signed_in = await auth.handle(post("/sign-in/email", json.dumps(up)))
    assert signed_in.status == 200, signed_in.body
    request = post("/get-session", "", cookie=cookies(signed_in))
    session = await auth.load_session(request)
    assert session is not None and session["user"]["email"] == email

    await database.sql(f"DELETE FROM \"user\" WHERE email = '{email}'")
    assert await auth.load_session(request) is None, "deleting a user deletes the sessions"


SAMPLES = {
    "string": "é\U0001f600'\"\\",
    "text": "long " * 1000,
    "number": 2_000_000_000,
    "boolean": True,
    "datetime": NOW,
    "json": {"a": [1, None, "x"], "b": "é"},
    "string[]": ["a", "b,c", '"'],
    "number[]": [1, 2],
}


async def test_every_field_of_every_table_comes_back(auth: BetterAuth) -> None:
    adapter = auth.adapter
    owners = {"user": a_user(), "organization": {"name": "o", "slug": unique("o")}}
    kept = {
        "user": (await adapter.create("user", owners["user"]))["id"],
        "organization": (
            await adapter.create("organization", {**owners["organization"], "createdAt": NOW})
        )["id"],
    }
    kept["team"] = (
        await adapter.create(
            "team", {"name": "t", "organizationId": kept["organization"], "createdAt": NOW}
        )
    )["id"]
    for model, fields in auth.schema.items():
        row = {name: sample(name, field, kept) for name, field in fields.items() if name != "id"}
        written = await adapter.create(model, row)
        read = await adapter.find_one(model, [Where("id", written["id"])])
        assert read == written, model


def sample(name: str, field: Field, kept: dict[str, str]) -> Any:
    if field.references:
        return kept[field.references.model]
    if field.unique:
        return unique(name)
    value = SAMPLES[field.type]
    return value + 2**33 if field.bigint and isinstance(value, int) else value


async def test_lists_and_json_of_an_oauth_client(postgresql: Database) -> None:
    engine = postgresql.engine()
    plugins = [JWTPlugin(), OAuthProviderPlugin(login_page="/in", consent_page="/consent")]
    auth = configure(prisma_adapter(engine, provider="postgresql"), plugins=plugins)
    row = {"clientId": unique("client"), "redirectUris": ["https://a.example/cb", "b,c"]}
    client = await auth.adapter.create("oauthClient", {**row, "metadata": {"tier": 1}})
    where = [Where("clientId", row["clientId"])]
    assert await auth.adapter.find_one("oauthClient", where) == client
    stored = await postgresql.sql(
        'SELECT "redirectUris"[2], jsonb_typeof(metadata) FROM "oauthClient"'
        f" WHERE \"clientId\" = '{row['clientId']}'"
    )
    assert stored == [("b,c", "object")]

    # prismaAdapter writes the text of the JSON as a JSON string; a list may be NULL.
    await postgresql.sql(
        """UPDATE "oauthClient" SET metadata = '"{\\"tier\\":2}"', "redirectUris" = NULL"""
    )
    read = await auth.adapter.find_one("oauthClient", where)
    assert read is not None and read["metadata"] == {"tier": 2} and read["redirectUris"] == []
    await engine.dispose()


async def test_times_are_utc_to_the_millisecond(auth: BetterAuth, database: Database) -> None:
    user = await auth.adapter.create("user", a_user(createdAt=NOW))
    assert user["createdAt"] == TO_THE_MILLISECOND
    [(stored,)] = await database.sql(f'SELECT "createdAt" FROM "user" WHERE id = \'{user["id"]}\'')
    if database.provider == "sqlite":
        assert stored == "2026-11-23T14:16:15.641+00:00"
    else:
        assert stored == TO_THE_MILLISECOND.replace(tzinfo=None)

    recent = [Where("createdAt", NOW - timedelta(seconds=1), "gt"), Where("id", user["id"])]
    assert await auth.adapter.count("user", recent) == 1


@pytest.mark.parametrize(
    "stored",
    ["1795443375641", "'2026-11-23T14:16:15.641Z'", "'2026-11-23T16:16:15.641+02:00'"],
)
async def test_times_that_others_wrote_to_sqlite(sqlite: Database, stored: str) -> None:
    engine = sqlite.engine()
    auth = configure(prisma_adapter(engine, provider="sqlite"))
    user = await auth.adapter.create("user", a_user())
    await sqlite.sql(f'UPDATE "user" SET "createdAt" = {stored} WHERE id = \'{user["id"]}\'')
    read = await auth.adapter.find_one("user", [Where("id", user["id"])])
    assert read is not None and read["createdAt"] == TO_THE_MILLISECOND
    await engine.dispose()


@pytest.mark.parametrize("kind", ["timestamp(3)", "timestamptz(3)"])
async def test_the_time_zone_of_the_server_changes_nothing(postgresql: Database, kind: str) -> None:
    statement = 'ALTER TABLE "user" ALTER COLUMN "createdAt" TYPE {} USING "createdAt"::{}'
    await postgresql.sql(statement.format(kind, kind))
    await postgresql.sql("ALTER ROLE CURRENT_USER SET timezone = 'Pacific/Auckland'")
    engine = postgresql.engine()
    try:
        auth = configure(prisma_adapter(engine, provider="postgresql"))
        user = await auth.adapter.create("user", a_user(createdAt=NOW))
        exactly = [Where("createdAt", TO_THE_MILLISECOND), Where("id", user["id"])]
        assert await auth.adapter.find_one("user", exactly) == user
        await auth.adapter.delete("user", [Where("id", user["id"])])
    finally:
        await engine.dispose()
        await postgresql.sql("ALTER ROLE CURRENT_USER RESET timezone")
        await postgresql.sql(statement.format("timestamp(3)", "timestamp(3)"))


async def test_of_two_who_sign_up_with_one_address_one_succeeds(auth: BetterAuth) -> None:
    body = {"email": f"{unique('twin')}@example.com", "password": "correct horse", "name": "T"}
    arrived = 0
    both_arrived = asyncio.Event()
    create = auth.internal.create_user

    async def create_together(*args: Any, **kwargs: Any) -> Any:
        """Waits until both requests have looked for the address in vain."""
        nonlocal arrived
        arrived += 1
        if arrived == 2:
            both_arrived.set()
        await both_arrived.wait()
        return await create(*args, **kwargs)

    auth.internal.create_user = create_together  # type: ignore[method-assign]
    request = json.dumps(body)
    answers = await asyncio.gather(*(auth.handle(post("/sign-up/email", request)) for _ in "ab"))
    assert sorted(answer.status for answer in answers) == [200, 422]
    refused = next(answer for answer in answers if answer.status == 422)
    assert refused.body["code"] == "FAILED_TO_CREATE_USER"


async def test_a_transaction_that_fails_leaves_nothing(auth: BetterAuth) -> None:
    user = a_user()

    async def create_and_fail(adapter: Any) -> None:
        await adapter.create("user", user)
        assert await adapter.find_one("user", [Where("id", user["id"])])
        raise APIError(400, "NO")

    with pytest.raises(APIError):
        await auth.adapter.transaction(create_and_fail)
    assert await auth.adapter.find_one("user", [Where("id", user["id"])]) is None


async def test_delete_takes_one_row(auth: BetterAuth) -> None:
    name = unique("many")
    for _ in range(3):
        await auth.adapter.create("user", a_user(name=name))
    await auth.adapter.delete("user", [Where("name", name)])
    assert await auth.adapter.count("user", [Where("name", name)]) == 2


async def test_a_counter_counts_each_of_many_increments(auth: BetterAuth) -> None:
    key = unique("key")
    await auth.adapter.create("rateLimit", {"key": key, "count": 0, "lastRequest": 2**41})
    below = [Where("key", key), Where("count", 15, "lt")]
    rows = await asyncio.gather(
        *(auth.adapter.increment_one("rateLimit", below, {"count": 1}) for _ in range(20))
    )
    assert sorted(row["count"] for row in rows if row) == list(range(1, 16))


async def test_one_of_many_consumes_a_single_use_value(auth: BetterAuth) -> None:
    where = [Where("identifier", unique("code"))]
    value = {"identifier": where[0].value, "value": "x", "expiresAt": NOW}
    await auth.adapter.create("verification", value)
    rows = await asyncio.gather(
        *(auth.adapter.consume_one("verification", where) for _ in range(20))
    )
    assert len([row for row in rows if row]) == 1


#: With the names of `everything`.
RENAMED = """
generator client {
  provider = "prisma-client"
  output   = "./client"
}

datasource db {
  provider = "sqlite"
}

model User {
  id            String   @id
  name          String   @map("full_name")
  email         String   @unique @map("email_address")
  emailVerified Boolean  @map("email_verified")
  image         String?
  createdAt     DateTime @map("created_at")
  updatedAt     DateTime @map("updated_at")

  @@map("app_users")
}
"""


async def test_renamed_tables_and_columns(tmp_path: Path) -> None:
    push(RENAMED, f"file:{tmp_path / 'test.db'}", tmp_path)
    database = Database("sqlite", "file:./test.db", tmp_path)
    engine = database.engine()
    adapter = prisma_adapter(engine, provider="sqlite", **everything.NAMES)
    users = {
        "user": configure(prisma_adapter(engine, provider="sqlite"), plugins=[]).schema["user"]
    }
    adapter.init(users)
    user = await adapter.create("user", a_user())
    email = [Where("email", user["email"])]
    assert await adapter.find_one("user", email) == user
    updated = await adapter.update("user", email, {"name": "Ada", "email": "ada@example.com"})
    assert updated is not None and updated["name"] == "Ada"
    found = await adapter.find_many("user", sort_by={"field": "createdAt", "direction": "desc"})
    assert found == [updated]
    assert await database.sql("SELECT full_name, email_address FROM app_users") == [
        ("Ada", "ada@example.com")
    ]
    await engine.dispose()


async def test_a_missing_column_is_named_until_it_is_there(sqlite: Database) -> None:
    engine = sqlite.engine()
    auth = configure(prisma_adapter(engine, provider="sqlite"))
    auth.adapter.schema["user"]["nickname"] = Field("string")
    with pytest.raises(SchemaMismatchError, match=r"user\.nickname"):
        await auth.adapter.find_one("user", [])
    await sqlite.sql('ALTER TABLE "user" ADD COLUMN nickname TEXT')
    try:
        assert await auth.adapter.count("user", [Where("id", "nobody")]) == 0
    finally:
        await sqlite.sql('ALTER TABLE "user" DROP COLUMN nickname')
        del auth.adapter.schema["user"]["nickname"]
        await engine.dispose()


def test_an_unknown_provider_is_refused(tmp_path: Path) -> None:
    engine = Database("sqlite", "file:./x.db", tmp_path).engine()
    with pytest.raises(ValueError, match="'mongodb'"):
        prisma_adapter(engine, provider="mongodb")
