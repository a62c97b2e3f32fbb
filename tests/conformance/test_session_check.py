"""A Python project beside an official server: it only checks the sessions that are made there."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from hooks.demo import STACKS, environment, free_port, wait_until_healthy
from tests.conformance.servers import CROSSING, Database, Server, Stacks
from tests.conformance.test_crossing import Person

pytestmark = pytest.mark.e2e

COOKIE = "better-auth.session_token"
#: What README.md says to change.
EDITS = {
    "src/my_app/main.py": [
        ("from better_auth_prisma.http import mount_auth\n\n", ""),
        ("mount_auth(app, auth)\n", ""),
        ("from my_app.auth import auth\n", ""),
    ],
    "pyproject.toml": [
        ("[tool.fastapi]", '[tool.better-auth-setup]\npush = "never"\n\n[tool.fastapi]')
    ],
    "prisma/schema.prisma": [
        ("model User {", "model Unwanted {\n  id String @id\n}\n\nmodel User {")
    ],
}


@pytest.fixture(scope="module")
def official(stacks: Stacks) -> Iterator[Server]:
    with stacks.serving(database=CROSSING) as (official, _):
        yield official


@pytest.fixture(scope="module")
def checker(
    stacks: Stacks, official: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a project that has no routes of better-auth, far from UTC."""
    project = tmp_path_factory.mktemp("checker") / "app"
    left_out = shutil.ignore_patterns(".venv", "node_modules", ".postgres", "__pycache__")
    shutil.copytree(stacks.python, project, ignore=left_out)
    for name, edits in EDITS.items():
        text = (project / name).read_text()
        for old, new in edits:
            assert text.count(old) == 1, f"{name} does not say {old}"
            text = text.replace(old, new)
        (project / name).write_text(text)
    done = subprocess.run(
        STACKS["python"].setup, cwd=project, env=environment(), capture_output=True, text=True
    )
    assert done.returncode == 0 and "its tables stay as they are" in done.stdout, done.stdout
    with closing(Database(stacks.url())) as database:
        assert database.fetch("SELECT to_regclass('\"Unwanted\"')")[0][0] is None

    port = free_port()
    settings = environment(
        BETTER_AUTH_URL=official.address, DATABASE_URL=official.database_url, TZ="Asia/Tokyo"
    )
    command = [word.format(port=port) for word in STACKS["python"].serve]
    with (project / "server.log").open("w") as log:
        server = subprocess.Popen(command, cwd=project, env=settings, stdout=log, stderr=log)
        try:
            wait_until_healthy(server, f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=30)


@pytest.fixture
def database(official: Server) -> Iterator[Database]:
    with closing(Database(official.database_url)) as database:
        yield database


def visit(person: Person, checker: str) -> httpx.Response:
    answer = person.http.get(f"{checker}/me")
    assert "set-cookie" not in answer.headers
    return answer


def test_a_session_of_the_official_server(official: Server, checker: str) -> None:
    ada = Person().signs_up(official)
    seen = visit(ada, checker)
    assert (seen.status_code, seen.json()["email"]) == (200, ada.email)
    assert ada.http.get(f"{checker}/api/auth/get-session").status_code == 404
    assert visit(Person(), checker).status_code == 401


def test_a_forged_session(official: Server, checker: str) -> None:
    ada = Person().signs_up(official)
    token, _, signature = ada.http.cookies[COOKIE].partition(".")
    for forged in (token, f"x{token}.{signature}", f"{token}.x{signature}", secrets.token_hex()):
        eve = Person()
        eve.http.cookies.set(COOKIE, forged)
        assert visit(eve, checker).status_code == 401


def test_a_sign_out_counts_at_once(official: Server, checker: str) -> None:
    ada = Person().signs_up(official)
    cookies = dict(ada.http.cookies)
    ada.post(official, "/sign-out")
    ada.http.cookies.update(cookies)
    assert visit(ada, checker).status_code == 401


def test_a_ban_counts_at_once(official: Server, checker: str, database: Database) -> None:
    boss, eve = Person().signs_up(official), Person().signs_up(official)
    database.execute('UPDATE "user" SET role = $1 WHERE email = $2', "admin", boss.email)
    assert visit(eve, checker).status_code == 200
    boss.post(official, "/admin/ban-user", userId=eve.session(official)["user"]["id"])
    assert visit(eve, checker).status_code == 401

    mallory = Person().signs_up(official)
    database.execute('UPDATE "user" SET banned = true WHERE email = $1', mallory.email)
    assert visit(mallory, checker).status_code == 401


@pytest.mark.parametrize(
    ("left", "status"), [(timedelta(minutes=-1), 401), (timedelta(minutes=1), 200)]
)
def test_an_expiry_counts_and_is_left_alone(
    official: Server, checker: str, database: Database, left: timedelta, status: int
) -> None:
    ada = Person().signs_up(official)
    user = ada.session(official)["user"]["id"]
    expiry = datetime.now(UTC).replace(tzinfo=None, microsecond=0) + left
    database.execute('UPDATE session SET "expiresAt" = $1 WHERE "userId" = $2', expiry, user)
    assert visit(ada, checker).status_code == status
    rows = database.fetch('SELECT "expiresAt" FROM session WHERE "userId" = $1', user)
    assert [row[0] for row in rows] == [expiry]
