"""Large bodies of requests to the application's own routes get 413."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from better_auth_sidecar import LimitBody
from fastapi import Body, FastAPI, Request, UploadFile

LIMIT = 1000
TOO_LARGE = {"detail": "The request is too large."}


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI()
    app.add_middleware(LimitBody, max_size=LIMIT)

    @app.post("/of-json")
    async def of_json(value: str = Body(embed=True)) -> int:
        return len(value)

    @app.post("/of-a-file")
    async def of_a_file(file: UploadFile) -> int:
        return len(await file.read())

    @app.post("/api/auth")
    @app.post("/of-a-stream")
    async def of_a_stream(request: Request) -> int:
        return sum([len(chunk) async for chunk in request.stream()])

    return app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


async def in_chunks(body: bytes) -> AsyncIterator[bytes]:
    """A body whose length is not declared."""
    for start in range(0, len(body), 100):
        yield body[start : start + 100]


@pytest.mark.parametrize("is_declared", [True, False])
@pytest.mark.parametrize("path", ["/of-json", "/of-a-file", "/of-a-stream"])
async def test_the_size_of_bodies(client: httpx.AsyncClient, path: str, is_declared: bool) -> None:
    async def send(size: int) -> httpx.Response:
        text = "x" * size
        options: dict[str, dict[str, Any]] = {
            "/of-json": {"json": {"value": text}},
            "/of-a-file": {"files": {"file": text.encode()}},
            "/of-a-stream": {"content": text},
        }
        request = client.build_request("POST", path, **options[path])
        if not is_declared:
            kind = {"content-type": request.headers.get("content-type", "")}
            request = client.build_request(
                "POST", path, content=in_chunks(await request.aread()), headers=kind
            )
        return await client.send(request)

    fits = await send(500)
    assert (fits.status_code, fits.json()) == (200, 500)
    refused = await send(LIMIT + 1)
    assert (refused.status_code, refused.json()) == (413, TOO_LARGE)
    assert refused.headers["connection"] == "close"


@pytest.mark.parametrize("root_path", ["", "/behind/a/proxy"])
async def test_better_auth_has_a_limit_of_its_own(app: FastAPI, root_path: str) -> None:
    # As Uvicorn does with --root-path.
    transport = httpx.ASGITransport(app, root_path=root_path)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        response = await client.post(f"{root_path}/api/auth", content=b"x" * (LIMIT + 1))
    assert response.json() == LIMIT + 1
