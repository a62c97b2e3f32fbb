"""Dynamic roles of an organization."""

from typing import Any

from tests.conformance.world import Browser, World


def _owner(world: World, name: str = "ada") -> tuple[Browser, str]:
    """A user who owns an organization, and its id."""
    owner = world.signed_up(name)
    made = owner.post("/organization/create", name="Engines", slug=f"{name}-{world.tag}")
    return owner, made.json()["id"]


def _role(owner: Browser, name: str, permission: Any, **more: Any) -> str:
    """Creates a role; returns its id."""
    made = owner.post("/organization/create-role", role=name, permission=permission, **more).json()
    role: str = made.get("roleData", {}).get("id", "none")
    return role


def defines_a_role(world: World) -> None:
    ada, organization = _owner(world)
    role = _role(ada, "Clerk", {"invitation": ["create"], "member": ["update"]})
    ada.get("/organization/list-roles")
    ada.get("/organization/get-role", roleId=role)
    ada.get("/organization/get-role", roleName="clerk")
    ada.get("/organization/list-roles", organizationId=organization)


def assigns_a_role(world: World) -> None:
    ada, organization = _owner(world)
    _role(ada, "clerk", {"invitation": ["create"]})
    bob = world.signed_up("bob")
    invited = ada.post("/organization/invite-member", email=bob.email, role="clerk").json()
    joined = bob.post("/organization/accept-invitation", invitationId=invited.get("id", "none"))
    bob.post("/organization/set-active", organizationId=organization)
    bob.post("/organization/has-permission", permissions={"invitation": ["create"]})
    bob.post("/organization/has-permission", permissions={"invitation": ["cancel"]})
    email = f"x{world.tag}@example.com"
    bob.post("/organization/invite-member", email=email, role="member")
    bob.post("/organization/update", data={"name": "Bob's"})
    member = joined.json().get("member", {}).get("id", "none")
    ada.post("/organization/update-member-role", memberId=member, role="member")
    bob.post("/organization/has-permission", permissions={"invitation": ["create"]})
    ada.post("/organization/update-member-role", memberId=member, role="clerk")


def changes_a_role(world: World) -> None:
    ada, _ = _owner(world)
    role = _role(ada, "clerk", {"member": ["update"]})
    ada.post("/organization/update-role", roleId=role, data={"permission": {"member": ["delete"]}})
    ada.post("/organization/update-role", roleName="clerk", data={"roleName": "Porter"})
    ada.get("/organization/list-roles")
    ada.post("/organization/update-role", roleName="clerk", data={"roleName": "x"})
    ada.post("/organization/update-role", roleId=role, data={"roleName": "admin"})
    ada.post("/organization/update-role", roleId=role, data={"permission": {"nonsense": ["x"]}})
    ada.post("/organization/update-role", roleId=role, data={})
    ada.post("/organization/update-role", roleId="unknown", data={"roleName": "x"})


def deletes_a_role(world: World) -> None:
    ada, _ = _owner(world)
    role = _role(ada, "clerk", {"member": ["update"]})
    _role(ada, "porter", {"member": ["update"]})
    bob = world.signed_up("bob")
    invited = ada.post("/organization/invite-member", email=bob.email, role="porter").json()
    bob.post("/organization/accept-invitation", invitationId=invited.get("id", "none"))
    ada.post("/organization/delete-role", roleId=role)
    ada.post("/organization/delete-role", roleId=role)
    ada.post("/organization/delete-role", roleName="porter")
    ada.post("/organization/delete-role", roleName="admin")
    ada.post("/organization/delete-role", roleName="unknown")
    ada.post("/organization/delete-role")
    ada.get("/organization/list-roles")


def cannot_define_a_role(world: World) -> None:
    ada, _ = _owner(world)
    _role(ada, "clerk", {"member": ["update"]})
    _role(ada, "clerk", {"member": ["update"]})
    _role(ada, "admin", {"member": ["update"]})
    _role(ada, "", {"member": ["update"]})
    _role(ada, "porter", {"nonsense": ["update"]})
    _role(ada, "porter", {"member": ["nonsense"]})
    _role(ada, "porter", {})
    _role(ada, "porter", {"member": ["update"]}, organizationId="unknown")
    ada.post("/organization/create-role", role="porter")
    ada.post("/organization/create-role", permission={"member": ["update"]})
    ada.get("/organization/get-role", roleId="unknown")
    ada.get("/organization/get-role")
    ada.get("/organization/list-roles", organizationId="unknown")


def cannot_define_roles_without_the_permission(world: World) -> None:
    ada, organization = _owner(world)
    role = _role(ada, "clerk", {"member": ["update"]})
    bob = world.signed_up("bob")
    invited = ada.post("/organization/invite-member", email=bob.email, role="member").json()
    bob.post("/organization/accept-invitation", invitationId=invited.get("id", "none"))
    eve, _ = _owner(world, "eve")
    signed_out = world.browser("nobody")
    for caller in (bob, eve, signed_out):
        there = {"organizationId": organization}
        _role(caller, "king", {"organization": ["delete"]}, **there)
        caller.get("/organization/list-roles", **there)
        caller.get("/organization/get-role", roleId=role, **there)
        caller.post(
            "/organization/update-role",
            roleId=role,
            data={"permission": {"organization": ["delete"]}},
            **there,
        )
        caller.post("/organization/delete-role", roleId=role, **there)


def cannot_grant_permissions_they_lack(world: World) -> None:
    ada, organization = _owner(world)
    _role(ada, "keeper", {"ac": ["create", "read", "update"], "member": ["update"]})
    bob = world.signed_up("bob")
    invited = ada.post("/organization/invite-member", email=bob.email, role="keeper").json()
    bob.post("/organization/accept-invitation", invitationId=invited.get("id", "none"))
    there = {"organizationId": organization}
    _role(bob, "small", {"member": ["update"]}, **there)
    _role(bob, "large", {"organization": ["delete"]}, **there)
    bob.post(
        "/organization/update-role",
        roleName="small",
        data={"permission": {"member": ["update", "delete"]}},
        **there,
    )
    bob.get("/organization/list-roles", **there)
