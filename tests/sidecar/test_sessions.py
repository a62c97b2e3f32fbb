"""A user is signed in, for the application's own routes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from better_auth_sidecar import AuthServer
from better_auth_sidecar.testing import sign_in

from tests.sidecar.session_world import Official, application, official, running


@pytest.fixture(scope="module", params=["postgresql", "sqlite"])
def auth(request: pytest.FixtureRequest) -> Iterator[Official]:
    name = {"postgresql": "session_project", "sqlite": "sqlite_project"}[request.param]
    project: Path = request.getfixturevalue(name)
    with official(project) as auth:
        yield auth


async def test_a_user_is_signed_in(auth: Official) -> None:
    auth_server = AuthServer(auth.project, auth.settings)
    async with running(application(auth_server)) as client:
        assert (await client.get("/who")).json() is None
        assert (await client.get("/me")).status_code == 401
        user = await sign_in(client, auth_server, name="Grace", role="admin", department="R&D")
        me = (await client.get("/me")).json()
        assert (me["id"], me["name"], me["role"], me["department"]) == (
            user,
            "Grace",
            "admin",
            "R&D",
        )
        session = (await client.get("/session")).json()
        assert session["userId"] == user and "token" not in session
        began = time.monotonic()
        for _ in range(20):
            await sign_in(client, auth_server)
            assert (await client.get("/me")).status_code == 200
        print(time.monotonic() - began)
