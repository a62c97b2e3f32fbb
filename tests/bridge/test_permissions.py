"""Permissions for the application's own routes, beside the answers of better-auth's own ones."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from better_auth import BetterAuth, Where
from better_auth.access_control import ORG_DEFAULT_STATEMENTS, create_access_control
from better_auth.plugins_ext import AdminPlugin, OrganizationPlugin
from better_auth_prisma import prisma_adapter
from better_auth_prisma.permissions import Permissions, has_role, member_may, user_may

from tests.bridge.configurations import configure, cookies, post
from tests.bridge.conftest import Database

ADA = '{"name": "Ada", "email": "ada@example.com", "password": "correct horse"}'

USERS: list[Permissions] = [
    {"user": ["ban"]},
    {"user": ["ban", "delete"], "session": ["revoke"]},
    {"user": ["impersonate-admins"]},
    {"user": []},
    {"nothing": ["create"]},
    {},
]
MEMBERS: list[Permissions] = [
    {"organization": ["update"]},
    {"organization": ["delete"]},
    {"member": ["create"], "invitation": ["cancel"]},
    {"ac": ["read"]},
    {"project": ["create"]},
    {},
]


@pytest.fixture
async def auth(sqlite: Database) -> AsyncIterator[BetterAuth]:
    engine = sqlite.engine()
    statements = create_access_control({**ORG_DEFAULT_STATEMENTS, "project": ["create"]})
    engineer = statements.new_role({"project": ["create"]})
    auth = configure(
        prisma_adapter(engine, provider="sqlite"),
        plugins=[AdminPlugin(), OrganizationPlugin(ac=statements, roles={"engineer": engineer})],
    )
    yield auth
    await auth.adapter.delete_many("user", [Where("email", "ada@example.com")])
    await auth.adapter.delete_many("organization", [Where("slug", "engines")])
    await engine.dispose()


async def ask(auth: BetterAuth, path: str, cookie: str, **body: Any) -> bool:
    answer = await auth.handle(post(path, json.dumps(body), cookie=cookie))
    return bool(answer.status == 200 and answer.body["success"])


async def test_what_a_role_allows(auth: BetterAuth) -> None:
    answer = await auth.handle(post("/sign-up/email", ADA))
    user, cookie = answer.body["user"]["id"], cookies(answer)
    allowed = 0
    for role, permissions in itertools.product(["admin", "user", "x,admin", "x", None], USERS):
        await auth.adapter.update("user", [Where("id", user)], {"role": role})
        expected = await ask(auth, "/admin/has-permission", cookie, permissions=permissions)
        assert user_may(auth, user, role, permissions) is expected, (role, permissions)
        allowed += expected
    assert allowed == 4
    assert has_role(auth, "x,admin", ("admin",)) and not has_role(auth, "administrator", ("admin",))
    assert has_role(auth, None, ("editor", "user")) and not has_role(auth, None, ("admin",))
    assert not has_role(auth, "admin", ())


async def test_what_a_membership_allows(auth: BetterAuth) -> None:
    answer = await auth.handle(post("/sign-up/email", ADA))
    user, cookie = answer.body["user"]["id"], cookies(answer)
    organization = await auth.adapter.create(
        "organization",
        {"name": "Engines", "slug": "engines", "createdAt": answer.body["user"]["createdAt"]},
    )
    place = {"organizationId": organization["id"]}
    for permissions in MEMBERS:
        assert not await member_may(auth, organization["id"], user, permissions)
    member = {**place, "userId": user, "createdAt": answer.body["user"]["createdAt"]}
    await auth.adapter.create("member", {**member, "role": "member"})
    allowed = 0
    for role, permissions in itertools.product(
        ["owner", "admin", "member", "member,engineer", "x"], MEMBERS
    ):
        await auth.adapter.update("member", [Where("userId", user)], {"role": role})
        path = "/organization/has-permission"
        expected = await ask(auth, path, cookie, permissions=permissions, **place)
        found = await member_may(auth, organization["id"], user, permissions)
        assert found is expected, (role, permissions)
        allowed += expected
    assert allowed >= 9
    assert not await member_may(auth, "", user, {"ac": ["read"]})
    assert not await member_may(auth, "elsewhere", user, {"ac": ["read"]})


def test_a_plugin_that_is_not_there(sqlite: Database) -> None:
    auth = configure(prisma_adapter(sqlite.engine(), provider="sqlite"), plugins=[])
    with pytest.raises(LookupError, match="AdminPlugin"):
        user_may(auth, "u", "admin", {"user": ["ban"]})
