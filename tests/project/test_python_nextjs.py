"""A Python project with Next.js: one session for the pages, better-auth and FastAPI."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

from hooks.demo import PYTHON_NEXTJS
from hooks.node import NODE, NPM, environment
from hooks.servers import free_port
from tests.browser.flows import (
    Flow,
    passes_axe,
    sign_up_by_keyboard_alone,
    text_does_not_become_code,
)
from tests.browser.person import NEXTJS as NEXTJS_LOOK
from tests.browser.person import Person
from tests.browser.sites import Site
from tests.browser.visits import visiting
from tests.npm_packages import lend
from tests.project.builds import build, fixed_port
from tests.project.cors import TRUSTED, check_cors
from tests.project.social.accounts import GitHub
from tests.project.sqlite_migrations import switches_to_migrations
from tests.project.typescript import Server, guesses, is_limited, output, run, serving
from tests.template import render

pytestmark = pytest.mark.e2e

ANSWERS = {
    "stack": "python",
    "framework": "nextjs",
    "provider": "sqlite",
    "plugins": ["open-api", "admin", "bearer", "organization", "custom-session"],
}
#: Routes of FastAPI that call internal routes of the auth server.
ROUTES = """

@app.get("/api/reports", dependencies=[Depends(sessions.user_has_permission({"user": ["ban"]}))])
async def reports() -> str:
    return "reports"


@app.post("/api/notes")
async def write_note(user: CurrentUser) -> str:
    return user.name
"""


@pytest.fixture(scope="module")
def api_url() -> Iterator[str]:
    with fixed_port() as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def project(template: Path, tmp_path_factory: pytest.TempPathFactory, api_url: str) -> Path:
    """A project after setup, with two routes of its owner, built without any setting."""
    folder = lend(render(template, tmp_path_factory.mktemp("both") / "app", ANSWERS))
    printed = output(folder, *PYTHON_NEXTJS.setup)
    assert "npm run dev" in printed and "http://localhost:3000/auth/sign-up" in printed
    (main,) = folder.glob("src/*/main.py")
    text = main.read_text().replace("import FastAPI", "import Depends, FastAPI")
    text = re.sub(r"sessions import (.*)", r"sessions import \1, sessions", text)
    main.write_text(text + ROUTES)
    build(folder, PYTHON_NEXTJS.build, "web", API_URL=api_url)
    return folder


@pytest.fixture(scope="module")
def server(project: Path, api_url: str) -> Iterator[Server]:
    port = free_port()
    base = {"BETTER_AUTH_URL": f"http://127.0.0.1:{port}", "TRUSTED_ORIGINS": TRUSTED}
    with ExitStack() as servers:
        api_port = int(api_url.rpartition(":")[2])
        api = servers.enter_context(serving(project, api_port, PYTHON_NEXTJS.api, **base))
        servers.enter_context(
            serving(project, port, PYTHON_NEXTJS.serve, API_URL=api_url, TRUSTED_ORIGINS=TRUSTED)
        )
        yield replace(api, address=f"http://127.0.0.1:{port}")


@pytest.fixture
def person(
    request: pytest.FixtureRequest, chromium: Browser, project: Path, server: Server
) -> Iterator[Person]:
    site = Site(server.address, server.log, project, "", GitHub())
    with visiting(request.node, chromium, site, NEXTJS_LOOK) as person:
        yield person


def test_the_build_fixes_where_the_api_is(project: Path, api_url: str) -> None:
    manifest = json.loads((project / "web/.next/routes-manifest.json").read_text())
    [rewrite] = manifest["rewrites"]["fallback"]
    assert rewrite["destination"].startswith(api_url)


def test_a_user_signs_up_on_the_page_and_is_greeted_by_fastapi(person: Person) -> None:
    person.page.goto(person.site.address)
    person.sees("FastAPI says: Hello, stranger!")
    person.sign_up_on_the_page()
    passes_axe(person, "account")
    person.page.goto(person.site.address)
    person.sees("FastAPI says: Hello, Ada!")
    assert person.barriers() == []


@pytest.mark.parametrize("flow", [sign_up_by_keyboard_alone, text_does_not_become_code])
def test_flow(person: Person, flow: Flow) -> None:
    flow(person)


def test_one_session_works_for_the_pages_and_the_api(server: Server) -> None:
    ada = server.browser()
    assert ada.get(f"{server.address}/api/me").status_code == 401
    user = ada.sign_up()
    me = ada.get(f"{server.address}/api/me")
    assert (me.status_code, me.json()["id"]) == (200, user["id"])
    assert "Hello, Ada!" in ada.get(server.address).text, "FastAPI's greeting on the page"
    ada.do("/sign-out")
    assert ada.get(f"{server.address}/api/me").status_code == 401
    assert "Hello, stranger!" in ada.get(server.address).text


def test_a_revoked_session_ends_at_once(server: Server) -> None:
    ada, elsewhere = server.browser(), server.browser()
    ada.sign_up()
    elsewhere.email, elsewhere.password = ada.email, ada.password
    elsewhere.sign_in()
    ada.do("/revoke-other-sessions")
    assert elsewhere.get(f"{server.address}/api/me").status_code == 401
    assert ada.get(f"{server.address}/api/me").status_code == 200


def test_the_api_asks_nextjs_for_tokens_and_permissions(server: Server) -> None:
    ada = server.browser()
    signed_up = ada.post(
        "/sign-up/email", json={"name": "Ada", "email": ada.email, "password": ada.password}
    )
    headers = {"Authorization": f"Bearer {signed_up.headers['set-auth-token']}"}
    assert httpx.get(f"{server.address}/api/me", headers=headers).json()["email"] == ada.email
    assert ada.get(f"{server.address}/api/reports").status_code == 403


def test_internal_routes_require_the_key(server: Server) -> None:
    assert httpx.get(f"{server.address}/internal/configuration").status_code == 404
    headers = {"x-internal-key": "0" * 64}
    answer = httpx.post(f"{server.address}/internal/test-sign-in", json={}, headers=headers)
    assert answer.status_code == 404


def test_writes_from_other_origins_are_refused(server: Server) -> None:
    ada = server.browser()
    ada.sign_up()
    notes = f"{server.address}/api/notes"
    assert ada.post(notes).status_code == 200
    assert ada.post(notes, headers={"Origin": "https://evil.example"}).status_code == 403


def test_pages_of_trusted_origins_may_use_the_session(server: Server) -> None:
    ada = server.browser()
    ada.sign_up()
    check_cors(ada, ["/api/auth/list-sessions", "/api/me"])


@pytest.fixture(scope="module")
def alone(project: Path) -> Iterator[Server]:
    """Next.js without FastAPI, and without a proxy."""
    with serving(project, command=PYTHON_NEXTJS.serve, TRUSTED_PROXIES="") as server:
        yield server


def test_sign_in_attempts_are_limited_by_the_connections_address(alone: Server) -> None:
    assert is_limited(guesses(alone.address))


def test_the_first_page_reports_that_fastapi_is_down(alone: Server) -> None:
    page = httpx.get(alone.address)
    assert page.status_code == 200 and "FastAPI says: " in page.text
    assert "nothing. Is it running?" in page.text


def test_mails_are_sent_by_python(server: Server) -> None:
    ada = server.browser()
    ada.sign_up()
    assert "/api/auth/verify-email?token=" in ada.message(ada.email, "Verify")


def test_the_committed_api_types_match_a_new_project(project: Path, tmp_path: Path) -> None:
    types = project / "web" / "src" / "lib" / "api-types.ts"
    main, added, rendered = next(project.glob("src/*/main.py")), ROUTES, types.read_text()
    text = main.read_text()
    main.write_text(text.replace(added, ""))
    node = str(NODE / "bin" / "node")
    npx = tmp_path / "npx"  # that of the Python package does not work
    npx.write_text(f'#!/bin/sh\nexec {node} {NPM.with_name("npx-cli.js")} "$@"\n')
    npx.chmod(0o755)
    path = os.pathsep.join([str(tmp_path), environment()["PATH"]])
    output(project, node, str(NPM), "run", "api-types", PATH=path)
    main.write_text(text)
    assert types.read_text() == rendered


def test_the_projects_own_tests_pass(project: Path) -> None:
    assert "passed" in output(project, ".venv/bin/pytest", "-q")


def test_a_repeated_setup_changes_nothing(project: Path) -> None:
    output(project, *PYTHON_NEXTJS.setup, "--check")


def test_an_sqlite_database_switches_to_migrations(project: Path) -> None:
    switches_to_migrations(project, partial(run, project, *PYTHON_NEXTJS.setup))
