"""Ids that are UUIDs in the database, and references to them."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from better_auth_sidecar import AuthServer

from tests.project.workshop import Workshop
from tests.sidecar.projects import make_project
from tests.sidecar.session_world import (
    BASE_URL,
    Database,
    User,
    application,
    make_visitor,
    official,
    running,
    with_permissions,
)

OPTIONS = """
  user: {
    additionalFields: {
      department: { type: "string", required: false },
      bossId: {
        type: "string",
        required: false,
        references: { model: "user", field: "id", onDelete: "set null" },
      },
    },
  },
"""
COLUMNS = """
  department String?
  bossId String?
  boss User? @relation("boss", fields: [bossId], references: [id], onDelete: SetNull)
  team User[] @relation("boss")
"""


class Employee(User):
    boss_id: str | None = None


@pytest.fixture
def project(workshop: Workshop, tmp_path: Path) -> Path:
    """A project with ``generateId: "uuid"``."""
    folder = tmp_path / "project"
    make_project(workshop, folder, options=OPTIONS, columns=COLUMNS, uuids=True)
    file = folder / "auth/auth.ts"
    text = file.read_text()
    assert "advanced: {" in text
    file.write_text(text.replace("advanced: {", 'advanced: {\n database: { generateId: "uuid" },'))
    return folder


@pytest.mark.exhaustive
async def test_uuids(project: Path) -> None:
    with official(project) as auth:
        auth_server = AuthServer(project, auth.settings)
        async with running(with_permissions(application(auth_server, Employee))) as client:
            boss = await make_visitor(auth_server)
            visitor = await make_visitor(auth_server)
            await Database(auth).execute(
                'UPDATE "user" SET "bossId" = ?::text::uuid WHERE "id" = ?::text::uuid',
                boss.user,
                visitor.user,
            )
            me = (await client.get("/me", headers=visitor.headers)).json()
            assert (me["id"], me["bossId"]) == (visitor.user, boss.user)
            headers = {"Origin": BASE_URL, **visitor.headers}
            async with httpx.AsyncClient(base_url=auth.address, headers=headers) as browser:
                body = {"name": "Ours", "slug": "ours"}
                created = await browser.post("/api/auth/organization/create", json=body)
            ours = created.json()["id"]
            strange = "00000000-0000-4000-8000-000000000000"
            for organization, status in ((ours, 200), (strange, 403), ("no-id", 403)):
                path = f"/organizations/{organization}/invitations"
                answer = await client.get(path, headers=visitor.headers)
                assert answer.status_code == status, answer.text
