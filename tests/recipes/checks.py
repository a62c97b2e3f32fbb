"""What works after the recipes of `docs/recipes.md`, in a project of either stack."""

from __future__ import annotations

from collections.abc import Callable

from tests.recipes.projects import Project, browser, sign_up


def own_column_works(address: str, email: str) -> None:
    with browser(address) as ada:
        sign_up(ada, email, department="Engines").raise_for_status()
        assert ada.get("/me").json()["department"] == "Engines"


def protected_router_works(address: str, email: str) -> None:
    with browser(address) as ada:
        for path in ("/reports/count", "/reports/reader"):
            assert ada.get(path).status_code == 401
        sign_up(ada, email)
        assert ada.get("/reports/count").json() == 3
        assert ada.get("/reports/reader").json() == "Ada"


def own_model_works(address: str, email: str) -> None:
    with browser(address) as ada, browser(address) as eve:
        assert ada.post("/notes", json={"text": "Hello"}).status_code == 401
        sign_up(ada, email)
        sign_up(eve, f"eve-{email}")
        assert ada.post("/notes", json={"text": "Hello"}).status_code == 201
        assert ada.get("/notes").json() == [{"text": "Hello"}]
        assert eve.get("/notes").json() == []
        evil = {"Origin": "https://evil.example"}
        assert ada.post("/notes", json={"text": "No"}, headers=evil).status_code == 403


def hook_works(address: str, email: str) -> None:
    with browser(address) as ada:
        refused = sign_up(ada, email.replace("example.com", "mailinator.com"))
        assert (refused.status_code, refused.json()["message"]) == (
            400,
            "Use an address that lasts.",
        )
        assert sign_up(ada, email).json()["user"]["name"] == "Ada"


def plugin_works(address: str, email: str) -> None:
    with browser(address) as ada:
        name = email.partition("@")[0]
        sign_up(ada, email, username=name).raise_for_status()
        assert ada.get("/me").json()["username"] == name
        body = {"username": name, "password": "correct horse"}
        ada.post("/api/auth/sign-in/username", json=body).raise_for_status()


#: What each of these recipes adds, for a server's address and a new user's e-mail address.
WORKS: list[Callable[[str, str], None]] = [
    *(own_column_works, protected_router_works, own_model_works),
    *(hook_works, plugin_works),
]


def route_is_tested(project: Project) -> None:
    """Runs the other tests of the project, too; the development database is not changed."""
    [command] = project.reader().commands("The test of a route")
    project.reader().edit("The test of a route")
    project.run(command.removesuffix(" tests/test_notes.py"))


def code_is_formatted_and_typed(project: Project) -> None:
    project.run("npm run lint && npm run format:check")
    probe = project.reader().path("auth.ts").with_name("probe.ts")
    probe.write_text(
        'import { auth } from "./auth.ts";\n'
        'import { authClient } from "./auth-client.ts";\n\n'
        "type User = typeof auth.$Infer.Session.user;\n"
        "export const department = (user: User): string | null | undefined => user.department;\n"
        "export const mine = () =>\n"
        '  authClient.updateUser({ department: "Engines", username: "ada" });\n'
    )
    try:
        project.run("npm run typecheck")
    finally:
        probe.unlink()
    if project.stack == "python":
        project.run("uv run ruff format --check . && uv run ruff check . && uv run mypy")
