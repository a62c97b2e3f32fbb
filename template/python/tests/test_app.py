"""What everybody can do."""

from collections import deque
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from conftest import Member


async def test_sign_up_and_out_and_in(client: httpx.AsyncClient, member: Member) -> None:
    assert (await client.get("/me")).json()["email"] == member.email

    await client.post("/api/auth/sign-out", json={})
    assert (await client.get("/me")).status_code == 401
    assert (await client.get("/api/auth/get-session")).json() is None

    credentials = {"email": member.email, "password": member.password}
    response = await client.post("/api/auth/sign-in/email", json=credentials)
    assert response.status_code == 200
    session = (await client.get("/api/auth/get-session")).json()
    assert session["user"]["id"] == member.id


async def test_a_wrong_password(client: httpx.AsyncClient, member: Member) -> None:
    credentials = {"email": member.email, "password": "not the password"}
    response = await client.post("/api/auth/sign-in/email", json=credentials)
    assert response.status_code == 401


async def test_a_new_password(
    client: httpx.AsyncClient, member: Member, outbox: deque[Any]
) -> None:
    body = {"email": member.email, "redirectTo": "/new-password"}
    await client.post("/api/auth/request-password-reset", json=body)
    message = outbox.pop()
    assert message.to == member.email

    page = await client.get(message.text)
    token = parse_qs(urlsplit(page.headers["location"]).query)["token"][0]
    new = {"token": token, "newPassword": "a better password"}
    assert (await client.post("/api/auth/reset-password", json=new)).status_code == 200
    credentials = {"email": member.email, "password": "a better password"}
    response = await client.post("/api/auth/sign-in/email", json=credentials)
    assert response.status_code == 200


async def test_a_verified_address(
    client: httpx.AsyncClient, outbox: deque[Any], member: Member
) -> None:
    await client.get(outbox.pop().text)
    assert (await client.get("/me")).json()["emailVerified"] is True


async def test_strangers(client: httpx.AsyncClient) -> None:
    assert (await client.get("/")).json() == {"message": "Hello, stranger!"}
    assert (await client.get("/me")).status_code == 401


async def test_a_foreign_page_cannot_use_the_session(
    client: httpx.AsyncClient, member: Member
) -> None:
    headers = {"Origin": "https://evil.example"}
    response = await client.post("/api/auth/sign-out", json={}, headers=headers)
    assert response.status_code == 403


async def test_too_many_attempts(client: httpx.AsyncClient) -> None:
    wrong = {"email": "nobody@example.com", "password": "wrong password"}
    statuses = set()
    for number in range(4):
        headers = {"X-Forwarded-For": f"198.51.100.{number}"}
        response = await client.post("/api/auth/sign-in/email", json=wrong, headers=headers)
        statuses.add(response.status_code)
    assert statuses == {401, 429}


async def test_health(client: httpx.AsyncClient) -> None:
    response = await client.get("/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
