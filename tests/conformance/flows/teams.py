"""Teams within an organization."""

from typing import Any

from tests.conformance.world import Browser, World


def _owner(world: World, name: str = "ada") -> tuple[Browser, str]:
    """A user who owns an organization, and its id."""
    owner = world.signed_up(name)
    made = owner.post("/organization/create", name="Engines", slug=f"{name}-{world.tag}")
    return owner, made.json()["id"]


def _team(owner: Browser, name: str = "Looms", **more: Any) -> str:
    made = owner.post("/organization/create-team", name=name, **more)
    team: str = made.json()["id"] if made.is_success else "none"
    return team


def _joined(owner: Browser, name: str, **more: Any) -> Browser:
    """A user who has accepted an invitation."""
    guest = owner.world.signed_up(name)
    body = {"email": guest.email, "role": "member", **more}
    invitation = owner.post("/organization/invite-member", **body).json()["id"]
    guest.post("/organization/accept-invitation", invitationId=invitation)
    return guest


def creates_teams(world: World) -> None:
    ada, organization = _owner(world)
    _team(ada)
    _team(ada, "Mills", organizationId=organization)
    ada.get("/organization/list-teams")
    ada.get("/organization/list-teams", organizationId=organization)
    ada.get("/organization/list-user-teams")
    ada.get("/organization/get-full-organization")


def changes_a_team(world: World) -> None:
    ada, organization = _owner(world)
    team = _team(ada)
    ada.post("/organization/update-team", teamId=team, data={"name": "Spindles"})
    ada.post("/organization/update-team", teamId=team, data={"name": ""})
    ada.post("/organization/update-team", teamId=team, data={})
    ada.post("/organization/update-team", teamId=team)
    ada.post("/organization/update-team", teamId="unknown", data={"name": "x"})
    ada.post(
        "/organization/update-team",
        teamId=team,
        data={"name": "Same", "organizationId": organization},
    )


def removes_teams(world: World) -> None:
    ada, organization = _owner(world)
    first, _ = _team(ada), _team(ada, "Mills")
    ada.post("/organization/remove-team", teamId=first)
    ada.post("/organization/remove-team", teamId=first)
    teams = ada.get("/organization/list-teams").json()
    for team in sorted(teams, key=lambda team: str(team["name"])):
        ada.post("/organization/remove-team", teamId=team["id"], organizationId=organization)
    ada.post("/organization/remove-team", teamId="unknown")
    ada.post("/organization/remove-team")


def adds_members_to_a_team(world: World) -> None:
    ada, _ = _owner(world)
    team, bob = _team(ada), _joined(ada, "bob")
    ada.post("/organization/add-team-member", teamId=team, userId=bob.user_id)
    ada.post("/organization/add-team-member", teamId=team, userId=bob.user_id)
    bob.get("/organization/list-team-members", teamId=team)
    bob.get("/organization/list-user-teams")
    ada.get("/organization/list-user-teams", userId=bob.user_id)
    bob.post("/organization/set-active-team", teamId=team)
    bob.session()
    bob.get("/organization/list-team-members")
    ada.post("/organization/remove-team-member", teamId=team, userId=bob.user_id)
    ada.post("/organization/remove-team-member", teamId=team, userId=bob.user_id)
    bob.session()


def is_invited_into_a_team(world: World) -> None:
    ada, _ = _owner(world)
    looms, mills = _team(ada), _team(ada, "Mills")
    bob = _joined(ada, "bob", teamId=looms)
    bob.session()
    bob.get("/organization/list-user-teams")
    carl = _joined(ada, "carl", teamId=[looms, mills])
    carl.session()
    carl.get("/organization/list-team-members", teamId=mills)
    email = f"x{world.tag}@example.com"
    ada.post("/organization/invite-member", email=email, role="member", teamId="unknown")
    ada.post("/organization/invite-member", email=email, role="member", teamId=[looms, "unknown"])


def activates_a_team(world: World) -> None:
    ada, organization = _owner(world)
    team = _team(ada)
    ada.post("/organization/set-active-team", teamId=team)
    ada.post("/organization/add-team-member", teamId=team, userId=ada.user_id)
    ada.post("/organization/set-active-team", teamId=team)
    ada.session()
    ada.post("/organization/set-active-team")
    ada.post("/organization/set-active", organizationId=organization)
    ada.session()
    ada.post("/organization/set-active-team", teamId=None)
    ada.session()
    ada.post("/organization/set-active-team")
    ada.post("/organization/set-active-team", teamId="unknown")
    ada.get("/organization/list-team-members")


def cannot_manage_teams(world: World) -> None:
    ada, organization = _owner(world)
    team, bob = _team(ada), _joined(ada, "bob")
    eve, _ = _owner(world, "eve")
    signed_out = world.browser("nobody")
    for caller in (bob, eve, signed_out):
        there = {"organizationId": organization}
        _team(caller, "Eve's", **there)
        caller.post("/organization/update-team", teamId=team, data={"name": "Eve's", **there})
        caller.post("/organization/remove-team", teamId=team, **there)
        caller.post(
            "/organization/add-team-member", teamId=team, userId=caller.user_id or "x", **there
        )
        caller.post("/organization/remove-team-member", teamId=team, userId=ada.user_id, **there)
        caller.post("/organization/set-active-team", teamId=team)
        caller.get("/organization/list-teams", **there)
        caller.get("/organization/list-team-members", teamId=team)
        caller.get("/organization/list-user-teams", userId=ada.user_id, **there)
    ada.post("/organization/add-team-member", teamId=team, userId=eve.user_id)
    ada.post("/organization/add-team-member", teamId="unknown", userId=bob.user_id)
    ada.post("/organization/add-team-member", teamId=team)
    ada.post("/organization/remove-team-member", teamId=team, userId="unknown")


def leaves_an_organization_with_a_team(world: World) -> None:
    ada, organization = _owner(world)
    team, bob = _team(ada), _joined(ada, "bob")
    ada.post("/organization/add-team-member", teamId=team, userId=bob.user_id)
    bob.post("/organization/set-active-team", teamId=team)
    bob.post("/organization/leave", organizationId=organization)
    bob.session()
    ada.get("/organization/list-team-members", teamId=team)
    ada.post("/organization/delete", organizationId=organization)
