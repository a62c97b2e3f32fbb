"""Organizations: create, update, activate, leave, delete."""

from typing import Any

from tests.conformance.world import Browser, World


def _created(browser: Browser, name: str = "engines", **more: Any) -> dict[str, Any]:
    """Creates an organization owned by this user."""
    slug = f"{name}-{browser.world.tag}"
    made = browser.post("/organization/create", name="Engines", slug=slug, **more)
    organization: dict[str, Any] = made.json()
    return organization


def creates_an_organization(world: World) -> None:
    ada = world.signed_up()
    _created(ada)
    ada.session()
    ada.get("/organization/list")
    ada.get("/organization/get-full-organization")
    ada.get("/organization/get-organization")
    ada.get("/organization/get-active-member")


def creates_an_organization_with_all_members(world: World) -> None:
    ada = world.signed_up()
    made = _created(ada, logo="https://example.com/logo.png", metadata={"plan": "pro", "seats": 5})
    ada.get("/organization/get-full-organization", organizationId=made["id"])
    ada.get("/organization/get-organization", organizationSlug=made["slug"])
    ada.get("/organization/list")
    _created(ada, "empty", logo=None, metadata={})


def creates_a_second_organization_without_activating_it(world: World) -> None:
    ada = world.signed_up()
    _created(ada)
    _created(ada, "looms", keepCurrentActiveOrganization=True)
    ada.session()
    _created(ada, "mills", keepCurrentActiveOrganization=False)
    ada.session()


def cannot_create_an_organization(world: World) -> None:
    ada = world.signed_up()
    made = _created(ada)
    eve = world.signed_up("eve")
    eve.post("/organization/create", name="Taken", slug=made["slug"])
    eve.post("/organization/create", name="", slug=f"a{world.tag}")
    eve.post("/organization/create", name="No slug", slug="")
    eve.post("/organization/create", name="No slug")
    eve.post("/organization/create", slug=f"b{world.tag}")
    eve.post("/organization/create", name="Text", slug=f"c{world.tag}", metadata="text")
    eve.post("/organization/create", name="For Ada", slug=f"d{world.tag}", userId=ada.user_id)
    eve.get("/organization/list")
    world.browser("nobody").post("/organization/create", name="Nobody", slug=f"e{world.tag}")


def checks_slugs(world: World) -> None:
    ada = world.signed_up()
    made = _created(ada)
    ada.post("/organization/check-slug", slug=made["slug"])
    ada.post("/organization/check-slug", slug=made["slug"].upper())
    ada.post("/organization/check-slug", slug=f"free-{world.tag}")
    ada.post("/organization/check-slug", slug="")
    ada.post("/organization/check-slug")
    world.browser("nobody").post("/organization/check-slug", slug=made["slug"])


def updates_an_organization(world: World) -> None:
    ada = world.signed_up()
    made = _created(ada, metadata={"plan": "free"})
    ada.post("/organization/update", data={"name": "Difference Engines"})
    ada.post("/organization/update", data={"slug": f"new-{world.tag}"}, organizationId=made["id"])
    ada.post("/organization/update", data={"slug": f"new-{world.tag}", "name": "Same slug"})
    ada.post("/organization/update", data={"metadata": {"plan": "pro"}})
    ada.post("/organization/update", data={"logo": "https://example.com/new.png"})
    ada.post("/organization/update", data={"logo": None})
    ada.get("/organization/get-full-organization")


def cannot_update_an_organization(world: World) -> None:
    ada, eve = world.signed_up(), world.signed_up("eve")
    made, theirs = _created(ada), _created(eve, "other")
    ada.post("/organization/update", data={"slug": theirs["slug"]})
    ada.post("/organization/update", data={"name": ""})
    ada.post("/organization/update", data={"slug": ""})
    ada.post("/organization/update", data={})
    ada.post("/organization/update")
    ada.post("/organization/update", data={"id": "chosen", "createdAt": "2020-01-01"})
    ada.post("/organization/update", data={"name": "Mine"}, organizationId=theirs["id"])
    ada.post("/organization/update", data={"name": "Mine"}, organizationId="unknown")
    world.browser("nobody").post(
        "/organization/update", data={"name": "x"}, organizationId=made["id"]
    )
    ada.get("/organization/get-full-organization")


def activates_an_organization(world: World) -> None:
    ada = world.signed_up()
    first, second = _created(ada), _created(ada, "looms")
    ada.post("/organization/set-active", organizationId=first["id"])
    ada.session()
    ada.post("/organization/set-active", organizationSlug=second["slug"])
    ada.post("/organization/set-active")
    ada.post("/organization/set-active", organizationId=None)
    ada.session()
    ada.post("/organization/set-active", organizationId=None)
    ada.post("/organization/set-active")
    ada.get("/organization/get-full-organization")
    ada.get("/organization/get-active-member")


def cannot_activate_an_organization(world: World) -> None:
    ada, eve = world.signed_up(), world.signed_up("eve")
    mine, theirs = _created(ada), _created(eve, "other")
    ada.post("/organization/set-active", organizationId=theirs["id"])
    ada.session()
    ada.post("/organization/set-active", organizationId=mine["id"])
    ada.post("/organization/set-active", organizationSlug=theirs["slug"])
    ada.post("/organization/set-active", organizationId="unknown")
    ada.post("/organization/set-active", organizationSlug="unknown")
    world.browser("nobody").post("/organization/set-active", organizationId=mine["id"])


def reads_organizations(world: World) -> None:
    ada, eve = world.signed_up(), world.signed_up("eve")
    mine, theirs = _created(ada), _created(eve, "other")
    for path in ["/organization/get-full-organization", "/organization/get-organization"]:
        ada.get(path, organizationId=theirs["id"])
        ada.get(path, organizationSlug=theirs["slug"])
        ada.get(path, organizationId="unknown")
        ada.get(path, organizationSlug="unknown")
        ada.get(path, organizationId=mine["id"])
        world.browser("nobody").get(path, organizationId=mine["id"])
    ada.get("/organization/get-full-organization", organizationId=mine["id"], membersLimit=1)
    ada.get("/organization/get-full-organization", organizationId=mine["id"], membersLimit="x")


def deletes_an_organization(world: World) -> None:
    ada = world.signed_up()
    made = _created(ada)
    ada.post("/organization/invite-member", email=f"x{world.tag}@example.com", role="member")
    ada.post("/organization/delete", organizationId=made["id"])
    ada.session()
    ada.get("/organization/list")
    ada.post("/organization/delete", organizationId=made["id"])
    _created(ada)


def cannot_delete_an_organization(world: World) -> None:
    ada, eve = world.signed_up(), world.signed_up("eve")
    made = _created(ada)
    eve.post("/organization/delete", organizationId=made["id"])
    ada.post("/organization/delete", organizationId="unknown")
    ada.post("/organization/delete", organizationId="")
    ada.post("/organization/delete")
    world.browser("nobody").post("/organization/delete", organizationId=made["id"])


def checks_permissions_of_members(world: World) -> None:
    ada = world.signed_up()
    made = _created(ada)
    for permissions in [
        {"organization": ["update"]},
        {"organization": ["update", "delete"], "member": ["create"]},
        {"organization": ["nonsense"]},
        {"nonsense": ["update"]},
        {"organization": []},
    ]:
        ada.post("/organization/has-permission", permissions=permissions)
    ada.post(
        "/organization/has-permission",
        permissions={"member": ["delete"]},
        organizationId=made["id"],
    )
    ada.post("/organization/has-permission", permissions={"member": ["delete"]}, organizationId="x")
    world.browser("nobody").post("/organization/has-permission", permissions={"team": ["create"]})
    ada.post("/organization/set-active", organizationId=None)
    ada.post("/organization/has-permission", permissions={"member": ["delete"]})
