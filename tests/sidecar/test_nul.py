"""NUL characters in requests to the application's own routes get 400."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from better_auth_sidecar.engine import create_engine, refuse_nul
from fastapi import Body, Cookie, FastAPI, Form
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.sidecar.session_world import Official

REFUSED = {"detail": "NUL characters are not accepted."}


@pytest.fixture
async def client(auth: Official) -> AsyncIterator[httpx.AsyncClient]:
    """An application whose routes pass the caller's values to PostgreSQL."""
    engine = create_engine(auth.settings.database_url)
    app = FastAPI()
    app.add_exception_handler(DBAPIError, refuse_nul)

    async def ask(value: str, type: str = "text") -> str:
        async with engine.connect() as connection:
            query = text(f"SELECT CAST(CAST(:value AS {type}) AS text)")
            found = await connection.execute(query, {"value": value})
            return str(found.scalar_one())

    @app.get("/of-a-path/{value}")
    async def of_a_path(value: str) -> str:
        return await ask(value)

    @app.get("/of-a-query")
    async def of_a_query(value: str) -> str:
        return await ask(value)

    @app.post("/of-json")
    async def of_json(value: str = Body(embed=True)) -> str:
        return await ask(value)

    @app.post("/of-a-form")
    async def of_a_form(value: str = Form()) -> str:
        return await ask(value)

    @app.get("/of-a-cookie")
    async def of_a_cookie(value: str = Cookie()) -> str:
        return await ask(value)

    @app.post("/as-jsonb")
    async def as_jsonb(value: str = Body(embed=True)) -> str:
        return await ask(value, "jsonb")

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client
    await engine.dispose()


@pytest.mark.parametrize(
    ("path", "body", "answer"),
    [
        ("/of-json", {"json": {"value": "a\0b"}}, REFUSED),
        ("/of-json", {"json": {"value": r"\u0000 100%00"}}, r"\u0000 100%00"),
        ("/as-jsonb", {"json": {"value": r'"a\u0000b"'}}, REFUSED),
        ("/of-a-form", {"data": {"value": "a\0b"}}, REFUSED),
        ("/of-a-form", {"data": {"value": "100%00"}}, "100%00"),
        ("/of-a-form", {"files": {"value": (None, "a\0b")}}, REFUSED),
    ],
)
async def test_bodies(
    client: httpx.AsyncClient, path: str, body: dict[str, Any], answer: object
) -> None:
    response = await client.post(path, **body)
    assert (response.status_code, response.json()) == (400 if answer == REFUSED else 200, answer)


@pytest.mark.parametrize("address", ["/of-a-path/%00", "/of-a-query?value=a%00b"])
async def test_addresses(client: httpx.AsyncClient, address: str) -> None:
    response = await client.get(address)
    assert (response.status_code, response.json()) == (400, REFUSED)
    response = await client.get(address.replace("%00", "%2500"))
    assert response.status_code == 200 and "%00" in response.json()


async def test_cookies(client: httpx.AsyncClient) -> None:
    response = await client.get("/of-a-cookie", headers={"cookie": 'a=b; value="a\\000b"'})
    assert (response.status_code, response.json()) == (400, REFUSED)
    response = await client.get("/of-a-cookie", headers={"cookie": "value=a%00b"})
    assert (response.status_code, response.json()) == (200, "a%00b")


async def test_other_errors_of_the_database_are_errors_of_the_server(
    client: httpx.AsyncClient,
) -> None:
    response = await client.post("/as-jsonb", json={"value": "no JSON"})
    assert response.status_code == 500
