"""What changes and deletes rows, over HTTP and on each database."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from better_auth import RateLimit

from tests.bridge.conftest import Database
from tests.bridge.test_http import browser, serving
from tests.totp import totp

PASSWORD = "correct horse"


class Person:
    """Somebody who has signed up."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.email = f"{secrets.token_hex(6)}@example.com"

    async def do(self, path: str, **body: Any) -> Any:
        """The answer to a POST request, which has to be a success."""
        answer = await self.http.post(f"/api/auth{path}", json=body)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        return answer.json()

    async def refused(self, path: str, **body: Any) -> bool:
        answer = await self.http.post(f"/api/auth{path}", json=body)
        return 400 <= answer.status_code < 500

    async def see(self, path: str) -> Any:
        answer = await self.http.get(f"/api/auth{path}")
        assert answer.status_code == 200, f"{path}: {answer.text}"
        return answer.json()

    async def sign_up(self) -> None:
        await self.do("/sign-up/email", email=self.email, password=PASSWORD, name="Ada")

    async def sign_in(self, password: str = PASSWORD) -> Any:
        return await self.do("/sign-in/email", email=self.email, password=password)


@pytest.fixture
async def ada(database: Database) -> AsyncIterator[Person]:
    limit = RateLimit(enabled=True, storage="database", max=1000, custom_rules={"/sign-*": False})
    async with serving(database, rate_limit=limit) as (_, transport), browser(transport) as http:
        person = Person(http)
        await person.sign_up()
        yield person


async def test_passwords_and_sessions(ada: Person) -> None:
    await ada.sign_in()
    sessions = await ada.see("/list-sessions")
    assert len(sessions) == 2
    old, new = PASSWORD, "a better password"
    await ada.do("/change-password", currentPassword=old, newPassword=new, revokeOtherSessions=True)
    assert len(await ada.see("/list-sessions")) == 1
    await ada.do("/sign-out")
    assert await ada.see("/get-session") is None
    assert await ada.refused("/sign-in/email", email=ada.email, password=old)
    await ada.sign_in(new)
    await ada.do("/revoke-sessions")
    assert await ada.see("/get-session") is None


async def test_two_factors(ada: Person) -> None:
    enabled = await ada.do("/two-factor/enable", password=PASSWORD)
    await ada.do("/two-factor/verify-totp", code=totp(enabled["totpURI"]))
    await ada.do("/sign-out")
    assert (await ada.sign_in())["twoFactorRedirect"]
    backup = enabled["backupCodes"][0]
    await ada.do("/two-factor/verify-backup-code", code=backup)
    assert (await ada.see("/get-session"))["user"]["twoFactorEnabled"]
    await ada.do("/sign-out")
    await ada.sign_in()
    assert await ada.refused("/two-factor/verify-backup-code", code=backup), "it was used"


async def test_an_organization(ada: Person) -> None:
    slug = secrets.token_hex(6)
    created = await ada.do("/organization/create", name="Engines", slug=slug)
    own = {"organizationId": created["id"]}
    await ada.do("/organization/update", **own, data={"name": "Engines \U0001f600"})
    invited = await ada.do(
        "/organization/invite-member", **own, email="charles@example.com", role="member"
    )
    await ada.do("/organization/cancel-invitation", invitationId=invited["id"])
    found = await ada.see(f"/organization/get-full-organization?organizationId={created['id']}")
    assert found["name"] == "Engines \U0001f600" and len(found["members"]) == 1
    await ada.do("/organization/delete", **own)
    assert await ada.see("/organization/list") == []


async def test_a_key(ada: Person) -> None:
    created = await ada.do("/api-key/create", name="ci")
    assert len((await ada.see("/api-key/list"))["apiKeys"]) == 1
    await ada.do("/api-key/update", keyId=created["id"], name="cd")
    answer = await ada.http.get("/me", headers={"x-api-key": created["key"]})
    assert answer.json() == {"email": ada.email}
    await ada.do("/api-key/delete", keyId=created["id"])
    assert (await ada.see("/api-key/list"))["apiKeys"] == []


async def test_an_administrator(ada: Person, database: Database) -> None:
    await database.sql(f"UPDATE \"user\" SET role = 'admin' WHERE email = '{ada.email}'")
    email = f"{secrets.token_hex(6)}@example.com"
    made = await ada.do("/admin/create-user", email=email, password=PASSWORD, name="Bob")
    bob = {"userId": made["user"]["id"]}
    await ada.do("/admin/ban-user", **bob, banReason="spam")
    assert await ada.refused("/sign-in/email", email=email, password=PASSWORD)
    listed = await ada.see(f"/admin/list-users?searchField=email&searchValue={email}")
    assert [user["banReason"] for user in listed["users"]] == ["spam"]
    await ada.do("/admin/remove-user", **bob)
    assert (await ada.see(f"/admin/list-users?searchField=email&searchValue={email}"))["total"] == 0
