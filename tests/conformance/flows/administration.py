"""Admins managing users, and refusals for everybody else."""

from typing import Any

from tests.conformance.world import World

OTHER_PASSWORD = "another battery"


def lists_users(world: World) -> None:
    boss, _ = world.admin(), world.signed_up()
    world.signed_up("bob")
    mine = {"searchField": "email", "searchValue": f"{world.tag}@example.com"}
    boss.get("/admin/list-users", sortBy="email", **mine)
    boss.get("/admin/list-users", sortBy="email", sortDirection="desc", limit=1, offset=1, **mine)
    boss.get("/admin/list-users", sortBy="email", searchOperator="ends_with", **mine)
    ada = {"searchField": "email", "searchValue": f"ada{world.tag}"}
    boss.get("/admin/list-users", searchOperator="starts_with", **ada)
    boss.get("/admin/list-users", **mine, filterField="role", filterValue="admin")
    boss.get(
        "/admin/list-users",
        **mine,
        sortBy="email",
        filterField="role",
        filterValue="admin",
        filterOperator="ne",
    )
    boss.get("/admin/list-users", searchField="name", searchValue=f"nobody{world.tag}")


def lists_users_wrongly(world: World) -> None:
    boss = world.admin()
    unmatched = {"searchValue": f"nobody{world.tag}"}
    boss.get("/admin/list-users", limit="ten", **unmatched)
    boss.get("/admin/list-users", limit=-1, **unmatched)
    boss.get("/admin/list-users", offset="x", **unmatched)
    boss.get("/admin/list-users", searchField="password", **unmatched)
    boss.get("/admin/list-users", searchOperator="like", **unmatched)
    boss.get("/admin/list-users", sortDirection="up", **unmatched)
    boss.get("/admin/list-users", sortBy="nonsense", **unmatched)
    boss.get("/admin/list-users", filterField="nonsense", filterValue="x", **unmatched)
    boss.get("/admin/list-users", filterOperator="nonsense", filterField="role", **unmatched)


def reads_a_user(world: World) -> None:
    boss, ada = world.admin(), world.signed_up()
    boss.get("/admin/get-user", id=ada.user_id)
    boss.get("/admin/get-user", id="unknown")
    boss.get("/admin/get-user")


def creates_a_user(world: World) -> None:
    boss, ada = world.admin(), world.browser()
    body = {"email": ada.email, "name": "Ada", "password": ada.password}
    boss.post("/admin/create-user", **body, role="user")
    boss.post("/admin/create-user", **body)
    ada.sign_in()


def creates_users_with_unusual_values(world: World) -> None:
    boss = world.admin()
    boss.post("/admin/create-user", email=f"a{world.tag}@example.com", name="No password")
    boss.post(
        "/admin/create-user", email=f"B{world.tag}@example.com", name="Role", role=["user", "admin"]
    )
    boss.post("/admin/create-user", email=f"c{world.tag}@example.com", name="Role", role="nonsense")
    boss.post(
        "/admin/create-user",
        email=f"d{world.tag}@example.com",
        name="Data",
        data={"image": "https://example.com/d.png", "username": f"d{world.tag}"},
    )
    boss.post("/admin/create-user", email="nonsense", name="Nobody")
    boss.post("/admin/create-user", email=f"e{world.tag}@example.com", name="Short", password="x")
    boss.post("/admin/create-user", email=f"f{world.tag}@example.com")


def changes_a_user(world: World) -> None:
    boss, ada = world.admin(), world.signed_up()
    boss.post("/admin/update-user", userId=ada.user_id, data={"name": "Countess"})
    boss.post("/admin/update-user", userId=ada.user_id, data={})
    boss.post("/admin/update-user", userId=ada.user_id, data={"role": "admin"})
    boss.post("/admin/update-user", userId=ada.user_id, data={"email": f"x{ada.email}"})
    boss.post("/admin/update-user", userId=ada.user_id, data={"email": boss.email})
    boss.post("/admin/update-user", userId=ada.user_id, data={"nonsense": 1})
    boss.post("/admin/update-user", userId="unknown", data={"name": "Countess"})
    ada.session()


def sets_roles(world: World) -> None:
    boss, ada = world.admin(), world.signed_up()
    boss.post("/admin/set-role", userId=ada.user_id, role="admin")
    ada.session()
    boss.post("/admin/set-role", userId=ada.user_id, role=["user", "admin"])
    boss.post("/admin/set-role", userId=ada.user_id, role="nonsense")
    boss.post("/admin/set-role", userId=ada.user_id, role=[])
    boss.post("/admin/set-role", userId="unknown", role="user")
    boss.post("/admin/set-role", userId=ada.user_id)


def bans_a_user(world: World) -> None:
    boss, ada = world.admin(), world.signed_up()
    boss.post("/admin/ban-user", userId=ada.user_id, banReason="Spam", banExpiresIn=3600)
    ada.session()
    ada.sign_in()
    boss.post("/admin/unban-user", userId=ada.user_id)
    ada.sign_in()
    boss.post("/admin/ban-user", userId=ada.user_id)
    ada.sign_in()
    world.change(
        """UPDATE "user" SET "banExpires" = now() AT TIME ZONE 'UTC' - interval '1 s'
        WHERE id = $1""",
        ada.user_id,
    )
    ada.sign_in()


def bans_wrongly(world: World) -> None:
    boss, ada = world.admin(), world.signed_up()
    boss.post("/admin/ban-user", userId=boss.user_id)
    boss.post("/admin/ban-user", userId="unknown")
    boss.post("/admin/ban-user")
    boss.post("/admin/ban-user", userId=ada.user_id, banExpiresIn="soon")
    boss.post("/admin/unban-user", userId="unknown")


def impersonates_a_user(world: World) -> None:
    boss, ada = world.admin(), world.signed_up()
    boss.post("/admin/impersonate-user", userId=ada.user_id)
    boss.session()
    boss.get("/admin/list-users")
    boss.post("/admin/stop-impersonating")
    boss.session()
    boss.post("/admin/stop-impersonating")


def impersonates_wrongly(world: World) -> None:
    boss, other = world.admin(), world.admin("other")
    boss.post("/admin/impersonate-user", userId=other.user_id)
    boss.post("/admin/impersonate-user", userId="unknown")
    boss.post("/admin/impersonate-user")
    boss.session()


def ends_sessions_of_users(world: World) -> None:
    boss, ada = world.admin(), world.signed_up()
    token = ada.session()["session"]["token"]
    boss.post("/admin/list-user-sessions", userId=ada.user_id)
    boss.post("/admin/revoke-user-session", sessionToken=token)
    ada.session()
    ada.sign_in()
    boss.post("/admin/revoke-user-sessions", userId=ada.user_id)
    ada.session()
    boss.post("/admin/revoke-user-session", sessionToken="unknown")
    boss.post("/admin/revoke-user-sessions", userId="unknown")
    boss.post("/admin/list-user-sessions", userId="unknown")


def sets_a_password(world: World) -> None:
    boss, ada = world.admin(), world.signed_up()
    boss.post("/admin/set-user-password", userId=ada.user_id, newPassword=OTHER_PASSWORD)
    ada.session()
    ada.sign_in()
    ada.sign_in(password=OTHER_PASSWORD)
    boss.post("/admin/set-user-password", userId=ada.user_id, newPassword="short")
    boss.post("/admin/set-user-password", userId=ada.user_id, newPassword="")
    boss.post("/admin/set-user-password", userId="", newPassword=OTHER_PASSWORD)
    boss.post("/admin/set-user-password", userId="unknown", newPassword=OTHER_PASSWORD)


def removes_a_user(world: World) -> None:
    boss, ada = world.admin(), world.signed_up()
    boss.post("/admin/remove-user", userId=ada.user_id)
    ada.session()
    boss.post("/admin/remove-user", userId=ada.user_id)
    boss.post("/admin/remove-user", userId=boss.user_id)


def checks_permissions(world: World) -> None:
    boss, ada = world.admin(), world.signed_up()
    boss.post("/admin/has-permission", permissions={"user": ["ban"]})
    ada.post("/admin/has-permission", permissions={"user": ["ban"]})
    boss.post("/admin/has-permission", permission={"user": ["ban"]})
    boss.post("/admin/has-permission", userId=ada.user_id, permissions={"user": ["ban"]})
    boss.post("/admin/has-permission", role="user", permissions={"user": ["ban"]})
    boss.post("/admin/has-permission", permissions={"user": ["nonsense"]})
    boss.post("/admin/has-permission", permissions={"nonsense": ["ban"]})
    boss.post("/admin/has-permission", permissions={})
    boss.post("/admin/has-permission")
    world.browser().post("/admin/has-permission", permissions={"user": ["ban"]})


_REQUESTS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/admin/list-users", {}),
    ("GET", "/admin/get-user", {}),
    ("POST", "/admin/create-user", {"email": "x@example.com", "name": "x"}),
    ("POST", "/admin/update-user", {"data": {"name": "x"}}),
    ("POST", "/admin/set-role", {"role": "admin"}),
    ("POST", "/admin/ban-user", {}),
    ("POST", "/admin/unban-user", {}),
    ("POST", "/admin/impersonate-user", {}),
    ("POST", "/admin/list-user-sessions", {}),
    ("POST", "/admin/revoke-user-session", {"sessionToken": "unknown"}),
    ("POST", "/admin/revoke-user-sessions", {}),
    ("POST", "/admin/set-user-password", {"newPassword": OTHER_PASSWORD}),
    ("POST", "/admin/remove-user", {}),
    ("POST", "/admin/stop-impersonating", {}),
]


def is_not_an_admin(world: World) -> None:
    ada = world.signed_up()
    for method, path, body in _REQUESTS:
        if method == "GET":
            ada.get(path, id=ada.user_id)
        else:
            ada.post(path, **{"userId": ada.user_id, **body})
    ada.session()


def sends_requests_without_a_session(world: World) -> None:
    signed_out = world.browser()
    for method, path, body in _REQUESTS:
        if method == "GET":
            signed_out.get(path, id="x")
        else:
            signed_out.post(path, **{"userId": "x", **body})
