"""Members of an organization, and invitations."""

from typing import Any

from tests.conformance.world import Browser, World


def _owner(world: World, name: str = "ada") -> tuple[Browser, str]:
    """A user who owns an organization, and its id."""
    owner = world.signed_up(name)
    made = owner.post("/organization/create", name="Engines", slug=f"{name}-{world.tag}")
    return owner, made.json()["id"]


def _invite(owner: Browser, email: str, role: Any = "member", **more: Any) -> str:
    """Invites an address; returns the invitation's id."""
    answer = owner.post("/organization/invite-member", email=email, role=role, **more)
    invitation: str = answer.json().get("id", "none")
    return invitation


def _joined(owner: Browser, name: str, role: Any = "member") -> tuple[Browser, str]:
    """A user who has accepted an invitation, and the id of the membership."""
    guest = owner.world.signed_up(name)
    invitation = _invite(owner, guest.email, role)
    accepted = guest.post("/organization/accept-invitation", invitationId=invitation).json()
    return guest, accepted["member"]["id"]


def invites_a_user(world: World) -> None:
    ada, _ = _owner(world)
    bob = world.signed_up("bob")
    invitation = _invite(ada, bob.email)
    assert invitation in bob.message("invitation")
    bob.get("/organization/get-invitation", id=invitation)
    bob.get("/organization/list-user-invitations")
    ada.get("/organization/list-invitations")
    bob.post("/organization/accept-invitation", invitationId=invitation)
    bob.session()
    bob.get("/organization/get-full-organization")
    bob.get("/organization/get-active-member")
    bob.post("/organization/accept-invitation", invitationId=invitation)


def invites_an_address_without_an_account(world: World) -> None:
    ada, _ = _owner(world)
    invitation = _invite(ada, f"BOB{world.tag}@Example.com", "admin")
    bob = world.signed_up("bob")
    bob.post("/organization/accept-invitation", invitationId=invitation)
    bob.get("/organization/list-members")


def invites_a_user_again(world: World) -> None:
    ada, organization = _owner(world)
    bob = world.signed_up("bob")
    _invite(ada, bob.email)
    _invite(ada, bob.email)
    _invite(ada, bob.email, resend=True)
    _invite(ada, bob.email, "admin", resend=True)
    ada.get("/organization/list-invitations", organizationId=organization)


def cannot_invite(world: World) -> None:
    ada, organization = _owner(world)
    bob, _ = _joined(ada, "bob")
    _invite(ada, bob.email)
    _invite(ada, ada.email)
    _invite(ada, "nonsense")
    _invite(ada, f"x{world.tag}@example.com", "nonsense")
    _invite(ada, f"x{world.tag}@example.com", organizationId="unknown")
    _invite(bob, f"y{world.tag}@example.com", organizationId=organization)
    ada.post("/organization/invite-member", role="member")
    ada.post("/organization/invite-member", email=f"x{world.tag}@example.com")
    world.browser("nobody").post(
        "/organization/invite-member", email="x@example.com", role="member"
    )


def invites_without_a_role(world: World) -> None:
    ada, _ = _owner(world)
    ada.post("/organization/invite-member", email=f"x{world.tag}@example.com", role=[])
    ada.post("/organization/invite-member", email=f"y{world.tag}@example.com", role="")


def invites_with_several_roles(world: World) -> None:
    ada, _ = _owner(world)
    bob, _ = _joined(ada, "bob", ["admin", "member"])
    bob.get("/organization/get-active-member")
    _invite(ada, f"x{world.tag}@example.com", "admin,member")
    _invite(ada, f"y{world.tag}@example.com", ["member", "nonsense"])


def rejects_an_invitation(world: World) -> None:
    ada, _ = _owner(world)
    bob = world.signed_up("bob")
    invitation = _invite(ada, bob.email)
    bob.post("/organization/reject-invitation", invitationId=invitation)
    bob.post("/organization/accept-invitation", invitationId=invitation)
    bob.post("/organization/reject-invitation", invitationId=invitation)
    bob.get("/organization/list-user-invitations")
    bob.get("/organization/get-invitation", id=invitation)
    _invite(ada, bob.email)


def cancels_an_invitation(world: World) -> None:
    ada, _ = _owner(world)
    bob = world.signed_up("bob")
    invitation = _invite(ada, bob.email)
    ada.post("/organization/cancel-invitation", invitationId=invitation)
    bob.post("/organization/accept-invitation", invitationId=invitation)
    ada.post("/organization/cancel-invitation", invitationId=invitation)
    ada.post("/organization/cancel-invitation", invitationId="unknown")
    ada.post("/organization/cancel-invitation")
    world.browser("nobody").post("/organization/cancel-invitation", invitationId=invitation)


def uses_an_expired_invitation(world: World) -> None:
    ada, _ = _owner(world)
    bob = world.signed_up("bob")
    invitation = _invite(ada, bob.email)
    world.change(
        """UPDATE invitation SET "expiresAt" = now() AT TIME ZONE 'UTC' - interval '1 s'
        WHERE id = $1""",
        invitation,
    )
    bob.get("/organization/get-invitation", id=invitation)
    bob.get("/organization/list-user-invitations")
    bob.post("/organization/accept-invitation", invitationId=invitation)
    bob.post("/organization/reject-invitation", invitationId=invitation)
    _invite(ada, bob.email)


def cannot_use_an_invitation_of_another_user(world: World) -> None:
    ada, organization = _owner(world)
    bob, eve = world.signed_up("bob"), world.signed_up("eve")
    invitation = _invite(ada, bob.email)
    eve.get("/organization/get-invitation", id=invitation)
    eve.post("/organization/accept-invitation", invitationId=invitation)
    eve.post("/organization/reject-invitation", invitationId=invitation)
    eve.post("/organization/cancel-invitation", invitationId=invitation)
    eve.get("/organization/list-invitations", organizationId=organization)
    eve.get("/organization/list-user-invitations", email=bob.email)
    eve.post("/organization/accept-invitation", invitationId="unknown")
    eve.post("/organization/reject-invitation", invitationId="unknown")
    eve.get("/organization/get-invitation", id="unknown")
    eve.get("/organization/get-invitation")
    signed_out = world.browser("nobody")
    signed_out.get("/organization/get-invitation", id=invitation)
    signed_out.post("/organization/accept-invitation", invitationId=invitation)
    signed_out.post("/organization/reject-invitation", invitationId=invitation)
    signed_out.get("/organization/list-user-invitations")
    signed_out.get("/organization/list-user-invitations", email=bob.email)
    signed_out.get("/organization/list-invitations", organizationId=organization)


def accepts_an_invitation_of_a_member_who_left(world: World) -> None:
    ada, organization = _owner(world)
    bob, _ = _joined(ada, "bob", "admin")
    carl = world.signed_up("carl")
    bob.post("/organization/set-active", organizationId=organization)
    invitation = _invite(bob, carl.email)
    bob.post("/organization/leave", organizationId=organization)
    carl.get("/organization/get-invitation", id=invitation)
    carl.post("/organization/accept-invitation", invitationId=invitation)


def lists_members(world: World) -> None:
    ada, organization = _owner(world)
    _joined(ada, "bob", "admin")
    carl, _ = _joined(ada, "carl")
    ada.get("/organization/list-members", sortBy="role")
    ada.get("/organization/list-members", sortBy="role", sortDirection="desc", limit=1, offset=1)
    ada.get("/organization/list-members", filterField="role", filterValue="admin")
    ada.get(
        "/organization/list-members",
        filterField="role",
        filterValue="member",
        filterOperator="ne",
        sortBy="role",
    )
    ada.get("/organization/list-members", organizationSlug=f"ada-{world.tag}", sortBy="role")
    carl.get("/organization/list-members", organizationId=organization, sortBy="role")


def lists_members_wrongly(world: World) -> None:
    ada, organization = _owner(world)
    eve = world.signed_up("eve")
    eve.get("/organization/list-members", organizationId=organization)
    eve.get("/organization/list-members", organizationSlug=f"ada-{world.tag}")
    eve.get("/organization/list-members", organizationId="unknown")
    eve.get("/organization/list-members", organizationSlug="unknown")
    eve.get("/organization/list-members")
    world.browser("nobody").get("/organization/list-members", organizationId=organization)
    ada.get("/organization/list-members", sortDirection="up")
    ada.get("/organization/list-members", filterOperator="like", filterField="role")


def changes_roles(world: World) -> None:
    ada, organization = _owner(world)
    bob, member = _joined(ada, "bob")
    ada.post("/organization/update-member-role", memberId=member, role="admin")
    bob.get("/organization/get-active-member")
    ada.post("/organization/update-member-role", memberId=member, role=["admin", "member"])
    ada.post(
        "/organization/update-member-role",
        memberId=member,
        role="owner",
        organizationId=organization,
    )
    bob.post("/organization/has-permission", permissions={"organization": ["delete"]})
    ada.get("/organization/list-members")


def cannot_change_roles(world: World) -> None:
    ada, organization = _owner(world)
    own = ada.get("/organization/get-active-member").json()["id"]
    bob, member = _joined(ada, "bob")
    _, administrator = _joined(ada, "carl", "admin")
    eve, _ = _owner(world, "eve")
    there = {"organizationId": organization}
    ada.post("/organization/update-member-role", memberId=own, role="member")
    ada.post("/organization/update-member-role", memberId=member, role="nonsense")
    ada.post("/organization/update-member-role", memberId=member, role="")
    ada.post("/organization/update-member-role", memberId=member, role=[])
    ada.post("/organization/update-member-role", memberId=member)
    ada.post("/organization/update-member-role", memberId="unknown", role="admin")
    ada.post("/organization/update-member-role", role="admin")
    bob.post("/organization/update-member-role", memberId=member, role="owner", **there)
    bob.post("/organization/update-member-role", memberId=administrator, role="member", **there)
    eve.post("/organization/update-member-role", memberId=member, role="member", **there)
    eve.post("/organization/update-member-role", memberId=member, role="member")
    world.browser("nobody").post(
        "/organization/update-member-role", memberId=member, role="owner", **there
    )


def is_an_admin_of_an_organization(world: World) -> None:
    ada, organization = _owner(world)
    owner = ada.get("/organization/get-active-member").json()["id"]
    bob, own = _joined(ada, "bob", "admin")
    _, member = _joined(ada, "carl")
    bob.post("/organization/set-active", organizationId=organization)
    bob.post("/organization/update", data={"name": "Bob's"})
    bob.post("/organization/delete", organizationId=organization)
    bob.post("/organization/update-member-role", memberId=owner, role="member")
    bob.post("/organization/update-member-role", memberId=own, role="owner")
    bob.post("/organization/update-member-role", memberId=member, role="owner")
    bob.post("/organization/update-member-role", memberId=member, role="admin")
    _invite(bob, f"x{world.tag}@example.com", "owner")
    _invite(bob, f"y{world.tag}@example.com", "admin")
    bob.post("/organization/remove-member", memberIdOrEmail=ada.email)
    bob.post("/organization/remove-member", memberIdOrEmail=owner)
    bob.post("/organization/remove-member", memberIdOrEmail=member)


def removes_members(world: World) -> None:
    ada, organization = _owner(world)
    bob, _ = _joined(ada, "bob")
    carl, member = _joined(ada, "carl")
    ada.post("/organization/remove-member", memberIdOrEmail=bob.email.upper())
    bob.session()
    bob.get("/organization/get-full-organization", organizationId=organization)
    ada.post("/organization/remove-member", memberIdOrEmail=member, organizationId=organization)
    carl.get("/organization/list")
    ada.post("/organization/remove-member", memberIdOrEmail=member)


def cannot_remove_members(world: World) -> None:
    ada, organization = _owner(world)
    own = ada.get("/organization/get-active-member").json()["id"]
    bob, member = _joined(ada, "bob")
    eve, _ = _owner(world, "eve")
    there = {"organizationId": organization}
    ada.post("/organization/remove-member", memberIdOrEmail=own)
    ada.post("/organization/remove-member", memberIdOrEmail=ada.email)
    ada.post("/organization/remove-member", memberIdOrEmail="unknown")
    ada.post("/organization/remove-member", memberIdOrEmail="unknown@example.com")
    ada.post("/organization/remove-member")
    bob.post("/organization/remove-member", memberIdOrEmail=own, **there)
    bob.post("/organization/remove-member", memberIdOrEmail=member, **there)
    eve.post("/organization/remove-member", memberIdOrEmail=member, **there)
    eve.post("/organization/remove-member", memberIdOrEmail=member)
    world.browser("nobody").post("/organization/remove-member", memberIdOrEmail=member, **there)


def leaves(world: World) -> None:
    ada, organization = _owner(world)
    bob, _ = _joined(ada, "bob")
    bob.post("/organization/set-active", organizationId=organization)
    bob.post("/organization/leave", organizationId=organization)
    bob.session()
    bob.post("/organization/leave", organizationId=organization)
    ada.post("/organization/leave", organizationId=organization)
    ada.post("/organization/leave", organizationId="unknown")
    ada.post("/organization/leave")
    world.browser("nobody").post("/organization/leave", organizationId=organization)


def reads_the_role_of_a_member(world: World) -> None:
    """The role of oneself, of others, and from outside the organization."""
    ada, organization = _owner(world)
    bob, _ = _joined(ada, "bob")
    ada.get("/organization/get-active-member-role")
    ada.get("/organization/get-active-member-role", userId=bob.user_id)
    bob.get("/organization/get-active-member-role", organizationId=organization)
    bob.get("/organization/get-active-member-role", organizationSlug=f"ada-{world.tag}")
    eve = world.signed_up("eve")
    eve.get("/organization/get-active-member-role", organizationId=organization)
    eve.get("/organization/get-active-member-role")
    world.browser("nobody").get("/organization/get-active-member-role", organizationId=organization)


def has_an_organization_and_deletes_the_account(world: World) -> None:
    ada, organization = _owner(world)
    bob, _ = _joined(ada, "bob", "owner")
    ada.post("/delete-user", password=ada.password)
    bob.get("/organization/list-members", organizationId=organization)
