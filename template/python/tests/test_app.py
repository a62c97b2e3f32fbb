"""The routes of the application, and signing up at the real auth server."""

import secrets

import httpx
from conftest import SignIn, VerifyEmail


async def test_without_a_session(client: httpx.AsyncClient) -> None:
    assert (await client.get("/")).json() == {"message": "Hello, stranger!"}
    assert (await client.get("/me")).status_code == 401


async def test_with_a_session(client: httpx.AsyncClient, sign_in: SignIn) -> None:
    user = await sign_in(name="Ada")
    assert (await client.get("/")).json() == {"message": "Hello, Ada!"}
    assert (await client.get("/me")).json()["id"] == user


async def test_sign_up_and_in_and_out(client: httpx.AsyncClient, verify_email: VerifyEmail) -> None:
    email = f"{secrets.token_hex(8)}@example.com"
    credentials = {"email": email, "password": secrets.token_urlsafe(16)}
    body = {"name": "Ada", **credentials}
    response = await client.post("/api/auth/sign-up/email", json=body)
    assert response.status_code == 200, response.text

    await verify_email(email)
    response = await client.post("/api/auth/sign-in/email", json=credentials)
    assert response.status_code == 200, response.text
    assert (await client.get("/me")).json()["email"] == email

    await client.post("/api/auth/sign-out", json={})
    assert (await client.get("/me")).status_code == 401


async def test_cross_origin_writes_are_refused(client: httpx.AsyncClient, sign_in: SignIn) -> None:
    await sign_in()
    headers = {"Origin": "https://evil.example"}
    response = await client.post("/api/auth/sign-out", json={}, headers=headers)
    assert response.status_code == 403
    assert (await client.get("/me")).status_code == 200


async def test_health(client: httpx.AsyncClient) -> None:
    response = await client.get("/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
