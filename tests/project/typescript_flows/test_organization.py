"""Organizations: invitations, teams, dynamic roles."""

from __future__ import annotations

import secrets

import pytest

from tests.project.typescript import Server

pytestmark = pytest.mark.e2e


def test_organization(server: Server) -> None:
    owner, guest = server.browser(), server.browser()
    owner.sign_up()
    guest_id = guest.sign_up()["id"]
    slug = secrets.token_hex(6)
    organization = owner.do("/organization/create", name="Engines", slug=slug)["id"]
    owner.do("/organization/set-active", organizationId=organization)
    owner.do("/organization/invite-member", email=guest.email, role="member")
    invitation = owner.message(guest.email, "Join").rsplit("=", 1)[1]
    guest.do("/organization/accept-invitation", invitationId=invitation)
    team = owner.do("/organization/create-team", name="Looms", organizationId=organization)
    owner.do("/organization/add-team-member", teamId=team["id"], userId=guest_id)
    role = {"role": "auditor", "permission": {"member": ["update"]}}
    owner.do("/organization/create-role", organizationId=organization, **role)
    full = owner.ask("/organization/get-full-organization", organizationId=organization)
    assert len(full["members"]) == 2
    assert "Looms" in {team["name"] for team in full["teams"]}
    assert [team["name"] for team in guest.ask("/organization/list-user-teams")] == ["Looms"]


def test_an_admin_cannot_make_owners(server: Server) -> None:
    owner, admin, guest = server.browser(), server.browser(), server.browser()
    owner.sign_up()
    admin.sign_up()
    guest.sign_up()
    slug = secrets.token_hex(6)
    organization = owner.do("/organization/create", name="Engines", slug=slug)["id"]
    invited = {"email": admin.email, "role": "admin", "organizationId": organization}
    invitation = owner.do("/organization/invite-member", **invited)["id"]
    admin.do("/organization/accept-invitation", invitationId=invitation)
    full = owner.ask("/organization/get-full-organization", organizationId=organization)
    member = next(entry["id"] for entry in full["members"] if entry["role"] == "admin")
    roles = ("owner", "admin, owner", "owner ", " owner", ["admin", " owner"], "admin,\towner")
    for role in (*roles, "admin,\u00a0owner", "\u2003owner", ["admin,owner"], "admin,,owner"):
        body = {"email": guest.email, "role": role, "organizationId": organization}
        assert admin.post("/organization/invite-member", json=body).status_code == 403, role
        change = {"memberId": member, "role": role, "organizationId": organization}
        assert admin.post("/organization/update-member-role", json=change).status_code == 403, role
