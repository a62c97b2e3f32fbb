"""Roles and permissions of routes."""

import httpx
import pytest
from better_auth_sidecar import AuthServer

from tests.sidecar.session_world import (
    BASE_URL,
    Database,
    Official,
    Visitor,
    application,
    make_visitor,
    running,
    with_permissions,
)


@pytest.mark.parametrize(
    ("role", "status"),
    [
        *[("admin", 200), ("user,admin", 200), ("admin,", 200), ("user", 403), (None, 403)],
        *[("user, admin", 403), (" admin", 403), ("Admin", 403), ("admin;user", 403)],
    ],
)
async def test_roles(auth: Official, role: str | None, status: int) -> None:
    auth_server = AuthServer(auth.project, auth.settings)
    async with running(with_permissions(application(auth_server))) as client:
        assert (await client.get("/admin")).status_code == 401
        visitor = await make_visitor(auth_server, role=role)
        answer = await client.get("/admin", headers=visitor.headers)
        assert answer.status_code == status
        if status == 403:
            assert answer.json() == {"detail": "Your role does not allow this."}


async def test_permissions_of_users(auth: Official) -> None:
    auth_server = AuthServer(auth.project, auth.settings)
    async with running(with_permissions(application(auth_server))) as client:
        assert (await client.get("/ban")).status_code == 401
        for role, status in (("admin", 200), ("user", 403), ("user, admin", 403)):
            visitor = await make_visitor(auth_server, role=role)
            answer = await client.get("/ban", headers=visitor.headers)
            assert answer.status_code == status, answer.text


async def test_permissions_in_an_organization(auth: Official) -> None:
    auth_server = AuthServer(auth.project, auth.settings)
    async with running(with_permissions(application(auth_server))) as client:
        ada, eve = await make_visitor(auth_server), await make_visitor(auth_server)
        for path in ("/invitations", "/organizations/x/invitations"):
            assert (await client.get(path)).status_code == 401
        answer = await client.get("/invitations", headers=ada.headers)
        assert (answer.status_code, answer.json()["detail"]) == (
            403,
            "Choose an organization first: none is active.",
        )
        organization = await _founded(auth, ada)
        path = f"/organizations/{organization}/invitations"
        for at in ("/invitations", path):
            assert (await client.get(at, headers=ada.headers)).json() == organization
        for stranger in (eve,):
            assert (await client.get(path, headers=stranger.headers)).status_code == 403
        for unknown in ("none", "%00"):
            at = f"/organizations/{unknown}/invitations"
            assert (await client.get(at, headers=ada.headers)).status_code == 403
        statement = 'UPDATE "member" SET role = ? WHERE "userId" = ?'
        await Database(auth).execute(statement, "member", ada.user)
        assert (await client.get(path, headers=ada.headers)).status_code == 403


async def _founded(auth: Official, visitor: Visitor) -> str:
    """Creates and activates an organization; returns its id."""
    headers = {**visitor.headers, "Origin": BASE_URL}
    async with httpx.AsyncClient(base_url=auth.address, headers=headers) as straight:
        body = {"name": "Analytical Engines", "slug": visitor.user}
        answer = await straight.post("/api/auth/organization/create", json=body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])
