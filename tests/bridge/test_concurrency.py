"""Requests at the same time, which must not get into each other's way."""

from __future__ import annotations

import asyncio
import gc
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from better_auth import BetterAuth, crypto
from better_auth_prisma import prisma_adapter
from better_auth_prisma.http import mount_auth
from better_auth_prisma.internal_adapter import make_concurrent
from better_auth_prisma.passwords import hashing_in_threads
from fastapi import FastAPI

from tests.bridge.configurations import BASE_URL, configure, post
from tests.bridge.conftest import Database

PASSWORD = "correct horse"


@pytest.fixture
def welcomed() -> list[str]:
    """Who was welcomed, by a hook that runs after somebody signed up."""
    return []


@pytest.fixture
async def auth(postgresql: Database, welcomed: list[str]) -> AsyncIterator[BetterAuth]:
    async def welcome(user: dict[str, Any], ctx: object = None) -> None:
        welcomed.append(user["name"])

    engine = postgresql.engine()
    hooks = {"user": {"create": {"after": welcome}}}
    auth = configure(prisma_adapter(engine, provider="postgresql"), database_hooks=hooks)
    make_concurrent(auth)
    yield auth
    await engine.dispose()


def a_user(name: str) -> dict[str, str]:
    return {"id": name, "name": name, "email": f"{name}@example.com"}


async def test_a_rollback_keeps_the_hooks_of_another_request(
    auth: BetterAuth, welcomed: list[str]
) -> None:
    bob_is_in, eve_is_gone = asyncio.Event(), asyncio.Event()

    async def eve_fails(internal: Any) -> None:
        await internal.create_user(a_user("eve"), force_allow_id=True)
        await bob_is_in.wait()
        raise LookupError("eve changed her mind")

    async def bob_signs_up(internal: Any) -> None:
        await internal.create_user(a_user("bob"), force_allow_id=True)
        bob_is_in.set()
        await eve_is_gone.wait()

    eve = asyncio.create_task(auth.internal.transaction(eve_fails))
    await asyncio.sleep(0)  # so that hers is the first
    bob = asyncio.create_task(auth.internal.transaction(bob_signs_up))
    with pytest.raises(LookupError):
        await eve
    eve_is_gone.set()
    await bob
    assert welcomed == ["bob"]


async def test_codes_that_were_used_leave_nothing_behind(auth: BetterAuth) -> None:
    def locks() -> int:
        gc.collect()
        return sum(isinstance(thing, asyncio.Lock) for thing in gc.get_objects())

    await auth.internal.consume_verification_value("warm up")
    before = locks()
    for number in range(20):
        await auth.internal.consume_verification_value(f"code-{number}")
    assert locks() == before


async def test_passwords_are_hashed_beside_the_event_loop(auth: BetterAuth) -> None:
    started = time.thread_time()
    crypto.hash_password(PASSWORD)
    one_hash = time.thread_time() - started

    app = FastAPI()
    mount_auth(app, auth)
    person = {"email": "grace@example.com", "password": PASSWORD, "name": "Grace"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=f"{BASE_URL}/api/auth"
    ) as client:
        (await client.post("/sign-up/email", json=person)).raise_for_status()
        client.cookies.clear()

        # The processor's time of this thread, which the load of the machine does not change.
        started = time.thread_time()
        answers = await asyncio.gather(
            *(client.post("/sign-in/email", json=person) for _ in range(10))
        )
        assert time.thread_time() - started < 5 * one_hash
    assert [answer.status_code for answer in answers] == [200] * 10


async def test_a_refusal_comes_through(auth: BetterAuth) -> None:
    person = {"email": "nobody@example.com", "password": PASSWORD}
    answer = await hashing_in_threads(auth.handle(post("/sign-in/email", json.dumps(person))))
    assert answer.status == 401, answer.body


async def test_a_client_that_goes_away_cancels_its_request(auth: BetterAuth) -> None:
    cancelled = asyncio.Event()

    async def waits() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    task = asyncio.create_task(hashing_in_threads(waits()))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert cancelled.is_set()
