"""A project from its owner's view: setup, checks, and the server over HTTP."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from hooks.demo import STACKS, run, serving, walk_through
from hooks.node import environment
from tests.answers import EVERYTHING
from tests.foreign_variables import FOREIGN
from tests.npm_packages import lend
from tests.project import foreign
from tests.template import module, render
from tests.waiting import TIMEOUT

pytestmark = pytest.mark.e2e
PYTHON = STACKS["python"]
PRODUCTION = {"BETTER_AUTH_URL": "https://app.example.com", "MAIL": "log"}


@pytest.fixture(scope="module")
def on_postgresql(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project with every plugin, on its own PostgreSQL."""
    directory = render(template, tmp_path_factory.mktemp("app"), EVERYTHING)
    run(PYTHON.setup, lend(directory))
    yield directory
    database(directory, "stop")


@pytest.fixture(scope="module")
def on_sqlite(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project without plugins, on SQLite."""
    directory = render(template, tmp_path_factory.mktemp("app"), {"provider": "sqlite"})
    run(PYTHON.setup, lend(directory))
    return directory


@pytest.fixture(params=["on_postgresql", pytest.param("on_sqlite", marks=pytest.mark.exhaustive)])
def project(request: pytest.FixtureRequest) -> Path:
    """Each project in turn; `test_python_nextjs` has one on SQLite in `make test`, too."""
    directory: Path = request.getfixturevalue(request.param)
    return directory


@pytest.fixture
def address(project: Path) -> Iterator[str]:
    with serving(PYTHON, project) as address:
        yield address


def database(project: Path, command: str) -> None:
    run([".venv/bin/better-auth-setup", "database", command], project)


def own_address() -> str:
    """An address of this machine; the database counts the sign-ins of one that tests share."""
    low, middle, high = (1 + byte % 254 for byte in secrets.token_bytes(3))
    return f"127.{high}.{middle}.{low}"


def new_user_walks_through(address: str) -> None:
    walk_through(address, local_address=own_address())


@pytest.mark.parametrize("check", ["ruff format --check .", "ruff check .", "mypy"])
def test_it_is_formatted_and_typed(on_postgresql: Path, check: str) -> None:
    """As its owner checks it, in its own environment; `test_code` checks other renderings."""
    program, *arguments = check.split()
    result = subprocess.run(
        [f".venv/bin/{program}", *arguments], cwd=on_postgresql, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_its_tests_pass_and_leave_the_development_database_alone(
    project: Path, address: str
) -> None:
    credentials = {"email": "developer@example.com", "password": "correct horse"}
    up = {"name": "Developer", **credentials}
    httpx.post(f"{address}/api/auth/sign-up/email", json=up).raise_for_status()
    run([".venv/bin/pytest", "--quiet"], project)
    # Again, on the data of the first run.
    run([".venv/bin/pytest", "--quiet", "tests/test_app.py"], project)
    httpx.post(f"{address}/api/auth/sign-in/email", json=credentials).raise_for_status()


def test_a_user_signs_up_in_and_out(address: str) -> None:
    new_user_walks_through(address)
    assert httpx.get(f"{address}/docs").status_code == 200
    assert httpx.post(f"{address}/me", content=b"x" * 1025 * 1024).status_code == 413


def test_production_serves_no_openapi_document(on_postgresql: Path) -> None:
    code = (
        "from fastapi.testclient import TestClient; from my_app.main import app; "
        "print([TestClient(app).get(p).status_code for p in ('/docs', '/redoc', '/openapi.json')])"
    )
    output = subprocess.run(
        [".venv/bin/python", "-c", code],
        cwd=on_postgresql,
        env=environment(**PRODUCTION),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert output == "[404, 404, 404]\n"


def test_the_application_recovers_from_a_database_restart(on_postgresql: Path) -> None:
    with serving(PYTHON, on_postgresql) as address:
        database(on_postgresql, "stop")
        assert httpx.get(f"{address}/health").status_code == 503
        database(on_postgresql, "start")
        assert httpx.get(f"{address}/health").status_code == 200
        new_user_walks_through(address)


def test_the_development_server_starts_the_database(
    on_postgresql: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in an environment with other programs' variables, which neither of them follows."""
    for name, value in FOREIGN.items():
        monkeypatch.setenv(name, value)
    lock = on_postgresql / ".postgres" / "data" / "postmaster.pid"
    os.kill(int(lock.read_text().split()[0]), signal.SIGKILL)
    with serving(PYTHON, on_postgresql) as address:
        new_user_walks_through(address)


@pytest.mark.exhaustive
def test_foreign_tables_columns_and_triggers_are_not_dropped(on_sqlite: Path) -> None:
    """`test_typescript_setup` has the other stack."""

    def set_up(*flags: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*PYTHON.setup, *flags],
            cwd=on_sqlite,
            env=environment(**variables),
            capture_output=True,
            text=True,
        )

    file = Path(shutil.copy(on_sqlite / "dev.db", on_sqlite / "shared.db"))
    foreign.check_sqlite(file, set_up)


@pytest.mark.exhaustive
def test_an_own_column_of_users_is_one_line_in_python(
    on_sqlite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "file:./own.db")
    edits = {
        "auth/auth.ts": (
            "  // Your own options go below this line.\n",
            '  user: { additionalFields: { team: { type: "string", required: false } } },\n',
        ),
        "src/my_app/sessions.py": (
            "such as: department: str | None = None\n",
            "    team: str | None = None\n",
        ),
    }
    files = ["prisma/schema.prisma", *edits]
    before = {name: (on_sqlite / name).read_text() for name in files}
    try:
        for name, (place, line) in edits.items():
            assert before[name].count(place) == 1
            (on_sqlite / name).write_text(before[name].replace(place, place + line))
        run(PYTHON.setup, on_sqlite)
        with serving(PYTHON, on_sqlite) as address, httpx.Client(timeout=TIMEOUT) as browser:
            ada = {"name": "Ada", "email": "ada@example.com", "password": "correct horse"}
            up = {**ada, "team": "Engines"}
            origin = {"Origin": address}
            browser.post(f"{address}/api/auth/sign-up/email", json=up, headers=origin)
            assert browser.get(f"{address}/me").json()["team"] == "Engines"
    finally:
        for name, text in before.items():
            (on_sqlite / name).write_text(text)


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"BETTER_AUTH_ENV": "production"}, "Correct BETTER_AUTH_URL"),
        ({**PRODUCTION, "BETTER_AUTH_SECRET": "geheim"}, "Replace BETTER_AUTH_SECRET"),
        ({"DATABASE_URL": "oracle://me:geheim@db/app"}, "Correct DATABASE_URL of the environment"),
    ],
)
def test_a_refused_start_reports_the_reason(
    project: Path, variables: dict[str, str], sentence: str
) -> None:
    result = subprocess.run(
        [".venv/bin/fastapi", "run", "--host", "127.0.0.1", "--port", "1"],
        cwd=project,
        env=os.environ | variables,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr and "geheim" not in result.stderr


def test_no_dependency_can_be_shadowed_by_a_project(project: Path) -> None:
    modules = "from importlib.metadata import packages_distributions as p; print(*p())"
    command = [".venv/bin/python", "-c", modules]
    found = subprocess.run(command, cwd=project, capture_output=True, text=True, check=True)
    names = {name.lower() for name in found.stdout.split() if name.isidentifier()}
    assert {"fastapi", "pydantic"} <= names
    names -= {"my_app", *module("reserved_names").reserved_names}
    assert [name for name in sorted(names) if not name.startswith("_")] == []


def test_a_forged_address_does_not_lift_the_rate_limit(address: str) -> None:
    """Uvicorn trusts X-Forwarded-For from loopback, and the application does not.

    Three attempts in ten seconds are allowed, so eight exceed the limit even across two windows.
    """
    wrong = {"email": "nobody@example.com", "password": "wrong password"}
    url = f"{address}/api/auth/sign-in/email"
    transport = httpx.HTTPTransport(local_address=own_address())
    with httpx.Client(transport=transport) as client:
        statuses = [
            client.post(
                url, json=wrong, headers={"X-Forwarded-For": f"198.51.100.{number}{port}"}
            ).status_code
            for number, port in enumerate(["", "", ":1234", "", ":80", "", "", ""])
        ]
    assert 429 in statuses
