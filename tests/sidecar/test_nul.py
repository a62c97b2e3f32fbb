"""NUL characters in requests to the application's own routes get 400."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from better_auth_sidecar import RefuseNul
from better_auth_sidecar.engine import create_engine
from fastapi import Body, Cookie, FastAPI, Request
from sqlalchemy import text
from starlette.datastructures import UploadFile

from tests.sidecar.session_world import Official

JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
PARTS = {"content-type": "multipart/form-data; boundary=part"}
FILE_BY_TYPE = b"""--part\r
Content-Disposition: form-data; name="value"\r
Content-Type: text/plain; filename="a.png"\r
\r
a\0b\r
--part--\r
"""
REFUSED = {"detail": "NUL characters are not accepted."}


def parts(**fields: bytes) -> bytes:
    """A form of several parts, in which ``file`` is a file."""
    sent = b""
    for name, content in fields.items():
        file = b'; filename="a.png"' if name == "file" else b""
        head = b'Content-Disposition: form-data; name="%s"%s' % (name.encode(), file)
        sent += b"--part\r\n" + head + b"\r\n\r\n" + content + b"\r\n"
    return sent + b"--part--\r\n"


@pytest.fixture
async def client(auth: Official) -> AsyncIterator[httpx.AsyncClient]:
    """An application whose routes pass the caller's values to PostgreSQL."""
    engine = create_engine(auth.settings.database_url)
    app = FastAPI()
    app.add_middleware(RefuseNul)

    async def ask(value: str) -> str:
        async with engine.connect() as connection:
            found = await connection.execute(text("SELECT CAST(:value AS text)"), {"value": value})
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
    async def of_a_form(request: Request) -> str:
        return await ask(httpx.QueryParams((await request.body()).decode())["value"])

    @app.post("/of-parts")
    async def of_parts(request: Request) -> str:
        async with request.form() as form:
            file, value = form.get("file"), form["value"]
            size = len(await file.read()) if isinstance(file, UploadFile) else 0
            return f"{await ask(str(value))} {size}"

    @app.get("/of-a-cookie")
    async def of_a_cookie(value: str = Cookie()) -> str:
        return await ask(value)

    @app.post("/of-bytes")
    async def of_bytes(request: Request) -> int:
        return len(await request.body())

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client
    await engine.dispose()


async def pieces(body: bytes) -> AsyncIterator[bytes]:
    """A body in small chunks, as from a slow network."""
    for byte in body:
        yield bytes([byte])


@pytest.mark.parametrize("is_slow", [False, True])
@pytest.mark.parametrize(
    ("path", "body", "answer"),
    [
        ("/of-json", rb'{"value": "a\u0000b"}', REFUSED),
        ("/of-json", rb'{"value": "\\\u0000"}', REFUSED),
        ("/of-json", rb'{"value": "\u00e9\\u0000"}', r"é\u0000"),
        ("/of-json", rb'{"value": "100%00"}', "100%00"),
        ("/of-a-form", b"value=a%00b", REFUSED),
        ("/of-a-form", b"value=a\0b", REFUSED),
        ("/of-a-form", b"value=100%2500", "100%00"),
        ("/of-parts", parts(value=b"a\0b"), REFUSED),
        ("/of-parts", parts(file=b"\0", value=b"a\0b"), REFUSED),
        ("/of-parts", parts(file=b"\0\0", value=b"100%00"), "100%00 2"),
        ("/of-parts", parts(filename=b"\0", value=b"a"), REFUSED),
        ("/of-parts", FILE_BY_TYPE, REFUSED),
        ("/of-json", '{"value": "a\\u0000b"}'.encode("utf-16"), REFUSED),
        ("/of-bytes", b"\0%00", 4),
    ],
)
async def test_bodies(
    client: httpx.AsyncClient, path: str, body: bytes, answer: object, is_slow: bool
) -> None:
    headers = {"/of-json": JSON, "/of-a-form": FORM, "/of-parts": PARTS}.get(path, {})
    content = pieces(body) if is_slow else body
    response = await client.post(path, content=content, headers=headers)
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


async def test_a_form_in_another_charset(client: httpx.AsyncClient) -> None:
    headers = {"content-type": f"{PARTS['content-type']}; charset=utf-7"}
    response = await client.post("/of-parts", content=parts(value=b"+AAA-"), headers=headers)
    assert response.status_code == 415
    headers = {"content-type": f"{FORM['content-type']}; of=json"}
    response = await client.post("/of-a-form", content="value=a%00b", headers=headers)
    assert (response.status_code, response.json()) == (400, REFUSED)
