"""Own fields of users: `UserOptions(additional_fields=…)` and columns of the same names."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from better_auth import Where
from better_auth.config import UserOptions
from better_auth.schema import Field
from better_auth_prisma import create_prisma_engine, prisma_adapter
from better_auth_prisma.http import mount_auth
from fastapi import FastAPI

from tests.bridge.configurations import BASE_URL, configure
from tests.bridge.conftest import FEATURES
from tests.bridge.databases import prisma_schema, push

FIELDS = {
    "city": Field("string", required=True),
    "age": Field("number"),
    "born": Field("datetime"),
    "newsletter": Field("boolean", default=True),
    "rank": Field("string", input=False),
}
COLUMNS = """
  city String
  age Int?
  born DateTime?
  newsletter Boolean?
  rank String?
"""
ADA = {"email": "ada@example.com", "password": "correct horse", "name": "Ada", "city": "London"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("additional-fields")
    schema = prisma_schema("sqlite", FEATURES).replace("model User {", "model User {" + COLUMNS)
    push(schema, f"file:{folder / 'test.db'}", folder)
    return folder


@pytest.fixture
async def browser(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    engine = create_prisma_engine("file:./test.db", provider="sqlite", root=folder)
    adapter = prisma_adapter(engine, provider="sqlite")
    app = FastAPI()
    mount_auth(app, configure(adapter, user=UserOptions(additional_fields=FIELDS)))
    transport = httpx.ASGITransport(app, client=("203.0.113.9", 4000))
    async with httpx.AsyncClient(
        transport=transport, base_url=f"{BASE_URL}/api/auth", headers={"origin": BASE_URL}
    ) as client:
        yield client
    await adapter.delete_many("user", [Where("email", ADA["email"])])
    await engine.dispose()


async def test_a_sign_up_fills_them(browser: httpx.AsyncClient) -> None:
    born = "1815-12-10T00:00:00.000Z"
    answer = await browser.post("/sign-up/email", json={**ADA, "age": 36, "born": born})
    assert answer.status_code == 200, answer.text
    user = (await browser.get("/get-session")).json()["user"]
    expected = {"city": "London", "age": 36, "born": born, "newsletter": True, "rank": None}
    assert {name: user[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"city": None}, 400, "MISSING_FIELD"),
        ({"rank": "general"}, 400, "FIELD_NOT_ALLOWED"),
        ({"role": "admin"}, 400, "FIELD_NOT_ALLOWED"),
        ({"city": 5}, 400, "VALIDATION_ERROR"),
        ({"age": "old"}, 400, "VALIDATION_ERROR"),
        ({"age": 10**12}, 400, "VALIDATION_ERROR"),
        ({"age": True}, 400, "VALIDATION_ERROR"),
        ({"born": "long ago"}, 400, "VALIDATION_ERROR"),
        ({"newsletter": "yes"}, 400, "VALIDATION_ERROR"),
    ],
)
async def test_a_sign_up_that_fills_them_wrongly_is_refused(
    browser: httpx.AsyncClient, fields: dict[str, Any], status: int, code: str
) -> None:
    person = {name: value for name, value in {**ADA, **fields}.items() if value is not None}
    answer = await browser.post("/sign-up/email", json=person)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert (await browser.post("/sign-in/email", json=ADA)).status_code == 401, "nobody signed up"


async def test_users_change_them(browser: httpx.AsyncClient) -> None:
    (await browser.post("/sign-up/email", json=ADA)).raise_for_status()
    assert (await browser.post("/update-user", json={"age": 37})).status_code == 200
    for wrong in ({"age": "old"}, {"rank": "general"}):
        assert (await browser.post("/update-user", json=wrong)).status_code == 400
    user = (await browser.get("/get-session")).json()["user"]
    assert (user["age"], user["rank"]) == (37, None)
