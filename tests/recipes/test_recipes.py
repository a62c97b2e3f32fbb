"""The recipes of `docs/recipes.md`, followed word for word in both stacks.

`make test` follows them in the Python stack; in the other one, it only edits by them.
"""

from __future__ import annotations

import ast
import json
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import httpx
import pytest

from hooks.servers import free_port
from tests.answers import AUTH, STACKS
from tests.editors import by_deleting, by_rename, in_place
from tests.messages import logged_message
from tests.project.reloads import save_until
from tests.recipes import checks
from tests.recipes.document import FOLDERS, Reader, recipes
from tests.recipes.projects import Project, browser, sign_in, sign_up
from tests.redis_server import RedisServer, redis_server
from tests.sampling import in_stack
from tests.template import render

pytestmark = pytest.mark.e2e
in_each_stack = pytest.mark.parametrize("stack", STACKS, scope="module")

#: Recipes that do not affect each other, so an owner may follow all of them.
TOGETHER = [
    "A column of your own on users",
    "A protected router",
    "A model of your own",
    "Hooks",
    "A plugin",
]


@pytest.fixture(scope="module")
def project(
    stack: str, template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Project]:
    project = Project(stack, template, tmp_path_factory.mktemp("recipes"))
    yield project
    project.stop_database()


@pytest.fixture(scope="module")
def followed(project: Project) -> Iterator[Project]:
    """The project after all of `TOGETHER`, with one setup."""
    reader = project.reader()
    wants_setup = [reader.edit(title) for title in TOGETHER]
    assert any(wants_setup)
    project.set_up()
    yield project
    project.restore()


@pytest.fixture(scope="module")
def address(followed: Project) -> Iterator[str]:
    with followed.serving() as address:
        yield address


@pytest.fixture
def new(project: Project) -> Iterator[Project]:
    """The project as it was rendered."""
    yield project
    project.restore()


@pytest.fixture
def email() -> str:
    return f"{secrets.token_hex(6)}@example.com"


@pytest.mark.parametrize(("stack", "framework"), FOLDERS)
def test_the_steps_fit_a_new_project(
    template: Path, tmp_path: Path, stack: str, framework: str
) -> None:
    """Only applies each recipe's edits; other tests also run its commands and check the result."""
    answers = {"stack": stack, "framework": framework, "plugins": ["admin"]}
    rendered = render(template, tmp_path / "rendered", answers)
    done: list[str] = []
    for title in recipes():
        folder = tmp_path / title.replace(" ", "-")
        shutil.copytree(rendered, folder)
        Reader((stack, framework), folder, done.append, lambda: None).follow(title)
    assert done


@in_stack("python")
def test_an_own_column(address: str, email: str) -> None:
    checks.own_column_works(address, email)


@in_stack("python")
def test_a_protected_router(address: str, email: str) -> None:
    checks.protected_router_works(address, email)


@in_stack("python")
def test_an_own_model(address: str, email: str) -> None:
    checks.own_model_works(address, email)


@in_stack("python")
def test_a_hook(address: str, email: str) -> None:
    checks.hook_works(address, email)


@in_stack("python")
def test_a_plugin(address: str, email: str) -> None:
    checks.plugin_works(address, email)


@in_stack("python")
def test_the_test_of_a_route(followed: Project) -> None:
    checks.route_is_tested(followed)


@in_stack("python")
def test_the_followed_recipes_are_formatted_and_typed(followed: Project) -> None:
    checks.code_is_formatted_and_typed(followed)


@pytest.mark.exhaustive
def test_the_recipes_with_nextjs(template: Path, tmp_path: Path) -> None:
    project = Project("typescript", template, tmp_path, "nextjs")
    try:
        for title in TOGETHER:
            project.reader().edit(title)
        project.set_up()
        # It builds what is served below.
        checks.route_is_tested(project)
        checks.code_is_formatted_and_typed(project)
        with project.serving() as address:
            for works in checks.WORKS:
                works(address, f"{secrets.token_hex(6)}@example.com")
        [command] = project.reader().commands("Another port")
        port = str(free_port())
        address = f"http://localhost:{port}"
        with project.started(command.replace("9000", port), address), browser(address) as ada:
            sign_up(ada, f"{secrets.token_hex(6)}@example.com").raise_for_status()
    finally:
        project.stop_database()


@in_stack("python")
def test_verified_addresses(new: Project, email: str) -> None:
    new.reader().follow("Verified e-mail addresses")
    tests = {"python": "uv run pytest", "typescript": "npm test"}
    new.run(tests[new.stack])
    with new.serving() as address, browser(address) as ada:
        answers = [sign_up(ada, email).raise_for_status().json() for _ in range(2)]
        # The second one does not tell that the address has an account.
        for answer in answers:
            for varies in ("id", "createdAt", "updatedAt"):
                del answer["user"][varies]
        assert answers[0] == answers[1]
        assert sign_in(ada, email).status_code == 403
        link = logged_message(new.log, email, "Verify")
        ada.get(link.removeprefix(address))
        sign_in(ada, email).raise_for_status()
        assert ada.get("/me").json()["email"] == email


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


def forgets(client: httpx.Client) -> int:
    """The status of a request that better-auth allows three times."""
    body = {"email": "nobody@example.com", "redirectTo": "/"}
    return client.post("/api/auth/request-password-reset", json=body).status_code


@in_stack("python")
def test_redis(new: Project, email: str, redis: RedisServer) -> None:
    """Sign-outs are immediate, restarts keep sessions and counts, and outages give no 401."""
    new.reader().follow("Sessions and rate limits in Redis")
    # Longer than the servers take to restart.
    auth, storage = new.reader().path("auth.ts"), 'storage: "secondary-storage"'
    rules = 'customRules: { "/request-password-reset": { window: 3600, max: 3 } }'
    assert auth.read_text().count(storage) == 1
    auth.write_text(auth.read_text().replace(storage, f"{storage}, {rules}"))
    with new.serving(REDIS_URL=redis.url) as address, browser(address) as ada:
        sign_up(ada, email).raise_for_status()
        assert ada.get("/me").json()["email"] == email
        assert [forgets(ada) for _ in range(4)] == [200, 200, 200, 429]
        sign_up(ada, f"second-{email}").raise_for_status()
        session = dict(ada.cookies)
        log = new.log.read_text()
        expected = "Sessions are read through the auth server, which is slower"
        assert (expected in log) == (new.stack == "python")
    with new.serving(REDIS_URL=redis.url) as address, browser(address) as restarted:
        restarted.headers["X-Forwarded-For"] = ada.headers["X-Forwarded-For"]
        assert forgets(restarted) == 429
        restarted.cookies.update(session)
        assert restarted.get("/me").json()["email"] == f"second-{email}"
        restarted.post("/api/auth/sign-out", json={}).raise_for_status()
        restarted.cookies.update(session)
        assert restarted.get("/me").status_code == 401

        sign_up(restarted, f"third-{email}").raise_for_status()
        redis.stop()
        assert restarted.get("/me").status_code == {"python": 503, "typescript": 500}[new.stack]


@pytest.mark.exhaustive
@in_each_stack
def test_the_projects_tests_pass_with_redis(
    new: Project, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", redis.url)
    new.move_to_a_new_database()
    new.reader().follow("Sessions and rate limits in Redis")
    new.set_up()
    new.run("npm run typecheck && npm run lint && npm run format:check")
    tests = {"python": "uv run pytest", "typescript": "npm test"}
    new.run(tests[new.stack], REDIS_URL=redis.url)


@in_stack("python")
def test_other_origins_and_sites(new: Project, email: str) -> None:
    new.reader().follow("Pages of another origin")
    new.reader().follow("Pages of another site")
    with new.serving() as address:
        for origin in ("https://app.example.org", "https://pr-7.preview.example.org"):
            with browser(address, origin) as page:
                for path in ("/api/auth/sign-up/email", "/me"):
                    asked = {
                        "Access-Control-Request-Method": "POST",
                        "Access-Control-Request-Headers": "content-type",
                    }
                    allowed = page.options(path, headers=asked)
                    assert allowed.is_success
                    assert allowed.headers["access-control-allow-origin"] == origin
                    assert allowed.headers["access-control-allow-credentials"] == "true"
                answer = sign_up(page, f"{origin.partition('://')[2]}-{email}")
                [cookie] = answer.headers.get_list("set-cookie")
                assert "SameSite=None" in cookie and "Secure" in cookie
                # httpx sends no secure cookies over plain http; browsers do for localhost.
                session = {"cookie": cookie.partition(";")[0]}
                me = page.get("/me", headers=session)
                assert me.status_code == 200
                assert me.headers["access-control-allow-origin"] == origin
        with browser(address, "https://evil.example.org") as page:
            assert sign_up(page, f"evil-{email}").status_code == 403
            assert "access-control-allow-origin" not in page.get("/me").headers


@in_stack("python")
def test_another_port_and_the_first_admin(new: Project, email: str) -> None:
    [command] = new.reader().commands("Another port")
    port = str(free_port())
    address = f"http://localhost:{port}"
    [promote] = new.reader().commands("The first admin")
    with new.started(command.replace("9000", port), address), browser(address) as ada:
        sign_up(ada, email).raise_for_status()
        assert ada.get("/api/auth/admin/list-users").status_code == 403
        new.run(promote.replace("ada@example.com", email))
        assert ada.get("/api/auth/admin/list-users").status_code == 200


@pytest.mark.exhaustive
@in_each_stack
def test_reload(new: Project, email: str) -> None:
    """The recipe "Reload", for the routes and auth.ts."""
    routes = {"python": "src/my_app/main.py", "typescript": "src/app.ts"}
    file, auth = new.folder / routes[new.stack], new.reader().path("auth.ts")
    code, configuration = file.read_text(), auth.read_text()
    port = str(free_port())
    address = f"http://localhost:{port}"
    [command] = new.reader().commands("Another port")
    ways: list[Callable[[Path, str], None]] = [in_place, by_rename, by_deleting]
    with new.started(command.replace("9000", port), address), browser(address) as ada:
        for number, save in enumerate(ways):
            # Watchers need a moment between two changes; most often this is enough.
            time.sleep(1)
            path = f"/me{number}"
            text = code.replace('"/me"', f'"{path}"')
            save_until(partial(save, file, text), partial(answers, ada, path, 401))
            time.sleep(1)
            rule = f"{email}{number}"
            text = configuration.replace('appName: "My App"', f'basePath: "/api/auth/{rule}"')
            ok = partial(answers, ada, f"/api/auth/{rule}/ok", 200)
            save_until(partial(save, auth, text), ok)


def answers(client: httpx.Client, path: str, status: int) -> bool:
    with suppress(httpx.TransportError):  # while it restarts
        return client.get(path).status_code == status
    return False


@pytest.mark.exhaustive
@in_each_stack
def test_a_plugin_that_is_a_package(new: Project, email: str) -> None:
    new.move_to_a_new_database()
    new.reader().follow("A plugin that is a package of its own")
    new.run("npm run typecheck && npm run lint && npm run format:check")
    with new.serving() as address, browser(address) as ada:
        sign_up(ada, email)
        assert ada.get("/api/auth/passkey/generate-register-options").json()["challenge"]


@pytest.mark.exhaustive
@in_each_stack
def test_a_third_party_plugin(new: Project, tmp_path: Path) -> None:
    new.move_to_a_new_database()
    npm, settings = "npm", {}
    if new.stack == "python":
        # No Node.js is needed on PATH.
        for name in ("bash", "sh"):
            (tmp_path / name).symlink_to(shutil.which(name) or name)
        npm, settings = ".venv/bin/better-auth-setup npm", {"PATH": str(tmp_path)}
    new.run(f"{npm} install --save-exact better-auth-harmony@1.3.2", **settings)
    file = new.folder / AUTH[new.stack]
    edit = file.read_text().replace(
        "// Your own plugins go below this line.",
        "// Your own plugins go below this line.\n    emailHarmony(),",
    )
    first = 'import { prismaAdapter } from "better-auth/adapters/prisma";'
    file.write_text(
        edit.replace(first, f'{first}\nimport {{ emailHarmony }} from "better-auth-harmony";')
    )
    new.set_up()
    assert "normalizedEmail" in (new.folder / "prisma/schema.prisma").read_text()
    with new.serving() as address, browser(address) as ada:
        name = f"ada{secrets.token_hex(6)}"
        sign_up(ada, f"{name}+1@gmail.com")
        again = {"name": "Ada", "email": f"{name}+2@gmail.com", "password": secrets.token_hex(8)}
        assert ada.post("/api/auth/sign-up/email", json=again).status_code in (400, 422)


@pytest.mark.exhaustive
@in_each_stack
def test_another_better_auth(new: Project, email: str) -> None:
    new.move_to_a_new_database()
    new.reader().follow("A newer better-auth")
    tests = {"python": "uv run pytest", "typescript": "npm test"}
    new.run(tests[new.stack])
    package = new.folder / "node_modules/better-auth/package.json"
    version = json.loads(package.read_text())["version"]
    [command, _] = new.reader().commands("A newer better-auth")
    assert f"better-auth={version} " in command


@pytest.mark.exhaustive
@in_each_stack
def test_production(new: Project, email: str) -> None:
    new.move_to_a_new_database()
    start, deploy, serve = new.reader().commands("Production")
    new.run(start)
    url = new.new_database()
    origin = "https://app.example.com"
    port = str(free_port())
    address = f"http://127.0.0.1:{port}"
    settings = {
        "DATABASE_URL": url,
        "BETTER_AUTH_URL": origin,
        "BETTER_AUTH_SECRET": secrets.token_urlsafe(32),
        "MAIL": "log",
        "PORT": port,
    }
    new.run(deploy, **settings)
    with new.started(serve, address, **settings), browser(address, origin) as ada:
        answer = sign_up(ada, email)
        assert answer.headers["set-cookie"].startswith("__Secure-")
        for path in ("/docs", "/redoc", "/openapi.json"):
            assert ada.get(path).status_code == 404


def test_every_recipe_is_tested() -> None:
    """Each title is used in a test; `test_reload` tests the prose of "Reload"."""
    calls = [
        node
        for file in (__file__, checks.__file__)
        for node in ast.walk(ast.parse(Path(file).read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    given = [
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in ("follow", "edit", "commands")
        and call.args
        and isinstance(call.args[0], ast.Constant)
    ]
    assert {*given, *TOGETHER} == {title for title, steps in recipes().items() if steps}
    assert [title for title, steps in recipes().items() if not steps] == ["Reload"]
