"""Repeated setup of a TypeScript project after edits, on SQLite."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from hooks.node import environment
from tests.npm_packages import lend
from tests.project import foreign
from tests.project.projects import NO_AGENT
from tests.project.sqlite_migrations import switches_to_migrations
from tests.project.typescript import TYPESCRIPT, Browser, npm, serving, setup
from tests.project.typescript_flows import flows
from tests.template import render
from tests.waiting import TIMEOUT

pytestmark = pytest.mark.e2e

PLUGINS = ["username", "two-factor", "magic-link", "email-otp", "anonymous"]


@pytest.fixture(scope="module")
def project(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("typescript") / "project"
    render(template, folder, {"stack": "typescript", "provider": "sqlite", "plugins": PLUGINS})
    done = setup(lend(folder))
    assert done.returncode == 0, done.stdout
    return folder


@pytest.fixture
def schema(project: Path) -> Iterator[Path]:
    """The schema, restored after the test."""
    file = project / "prisma" / "schema.prisma"
    before = file.read_bytes()
    yield file
    file.write_bytes(before)


FLOWS: list[Callable[[Browser], None]] = [
    *(flows.password, flows.username, flows.anonymous),
    *(flows.magic_link, flows.email_otp, flows.two_factor),
]


def test_accounts_and_plugins_work_on_sqlite(project: Path) -> None:
    with serving(project) as server:
        for flow in FLOWS:
            flow(server.browser())


def test_its_tests_leave_the_development_database_alone(project: Path) -> None:
    database = project / "dev.db"
    before = database.read_bytes()
    tested = npm(project, "test")
    assert tested.returncode == 0 and "fail 0" in tested.stdout, tested.stdout
    assert database.read_bytes() == before


@pytest.mark.exhaustive
def test_a_second_setup_changes_nothing(project: Path) -> None:
    """On SQLite; `test_setup` has PostgreSQL."""
    settings = (project / ".env.local").read_bytes()
    done = setup(project)
    assert done.returncode == 0, done.stdout
    for line in (
        "complete",
        "up to date",
        "nothing to change",
        "npm run dev",
        "http://localhost:3000",
    ):
        assert line in done.stdout
    assert (project / ".env.local").read_bytes() == settings
    assert (project / ".env.local").stat().st_mode & 0o777 == 0o600
    assert setup(project, "--check").returncode == 0


def test_settings_edited_by_hand_survive(project: Path) -> None:
    file, example = project / ".env.local", project / ".env.example"
    mine = file.read_text() + '# mine\nMY_KEY = "a # b"  \n'
    example.write_text(example.read_text() + "\n# New in a release.\nNEW_KEY=value\n")
    file.write_text(mine)
    file.chmod(0o644)
    check = setup(project, "--check")
    assert check.returncode == 1
    assert ".env.local is not complete. Run: npm run setup" in check.stdout
    assert file.read_text() == mine
    done = setup(project)
    assert done.returncode == 0, done.stdout
    assert file.read_text().startswith(mine)
    assert file.read_text()[len(mine) :] == "\n# New in a release.\nNEW_KEY=value\n"
    assert file.stat().st_mode & 0o777 == 0o600


def test_missing_tables_of_a_plugin_are_added(project: Path, schema: Path) -> None:
    before = schema.read_text()
    line = next(line for line in before.splitlines() if "twoFactorEnabled" in line)
    schema.write_text(before.replace(line + "\n", ""))
    check = setup(project, "--check")
    assert check.returncode == 1
    assert "model User: twoFactorEnabled Boolean?" in check.stdout
    done = setup(project)
    assert done.returncode == 0, done.stdout
    assert "1 line added" in done.stdout
    after = [line for line in schema.read_text().splitlines() if line]
    rest = [text for text in before.splitlines() if text and text != line]
    assert [line for line in after if "twoFactorEnabled" not in line] == rest


def test_an_sqlite_database_switches_to_migrations(project: Path) -> None:
    switches_to_migrations(project, partial(setup, project))


def test_foreign_tables_columns_and_triggers_are_not_dropped(project: Path) -> None:
    """On SQLite; `test_database_follows` has PostgreSQL."""
    file = Path(shutil.copy(project / "dev.db", project / "shared.db"))
    foreign.check_sqlite(file, partial(setup, project))


@pytest.mark.exhaustive
def test_data_loss_needs_a_flag(project: Path, schema: Path) -> None:
    """On SQLite; `test_database_follows` has PostgreSQL."""
    with serving(project) as server:
        server.browser().sign_up()
    before = schema.read_text()
    place = "  // Your own fields and relations of User go below this line.\n"
    schema.write_text(before.replace(place, f'{place}  nickname String @default("Al")\n'))
    assert setup(project).returncode == 0
    schema.write_text(before)
    refused = setup(project)
    assert refused.returncode == 1
    assert "Setup would drop the column nickname of user" in refused.stdout
    assert "Nothing was changed." in refused.stdout
    assert "      changes user: removed column nickname\n" in refused.stdout
    agreed = setup(project, "--accept-data-loss", **NO_AGENT)
    assert agreed.returncode == 0, agreed.stdout


def test_conflict_markers_stop_setup(project: Path) -> None:
    file = project / "src" / "lib" / "auth.ts"
    before = file.read_text()
    file.write_text("<<<<<<< before updating\n" + before)
    done = setup(project)
    file.write_text(before)
    assert done.returncode == 1
    assert "The last update left conflicts in src/lib/auth.ts; resolve them" in done.stdout


def test_a_broken_configuration_is_reported(project: Path) -> None:
    file = project / "src" / "lib" / "auth.ts"
    before = file.read_text()
    file.write_text(before.replace("username(),", "usrname(),"))
    done = setup(project)
    file.write_text(before)
    assert done.returncode == 1
    assert "usrname is not defined" in done.stdout


def test_a_url_of_another_database_is_refused(project: Path) -> None:
    url = "postgresql://a:s3cret@localhost/b"
    done = setup(project, DATABASE_URL=url)
    assert done.returncode == 1
    assert "a database URL for sqlite starts with file:." in done.stdout
    assert "s3cret" not in done.stdout


def test_an_unknown_option_is_refused(project: Path) -> None:
    done = setup(project, "--force")
    assert done.returncode == 2
    assert "--force" in done.stdout and "Usage: better-auth-setup setup" in done.stdout


@pytest.mark.parametrize("version", ["12.22.9", "20.20.2", "22.17.0"])
def test_an_old_node_is_reported(project: Path, version: str) -> None:
    pretend = f"Object.defineProperty(process.versions, 'node', {{ value: '{version}' }});"
    command = [
        TYPESCRIPT.serve[0],
        "--eval",
        f"{pretend} require('./packages/better-auth-setup/bin.cjs')",
    ]
    done = subprocess.run(
        command, cwd=project, env=environment(), capture_output=True, text=True, timeout=TIMEOUT
    )
    assert done.returncode == 1
    assert f"This is {version}:\n" in done.stderr
