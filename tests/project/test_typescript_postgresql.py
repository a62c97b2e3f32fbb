"""A project with all plugins, on its embedded PostgreSQL.

`make test` runs other projects' tests, and starts that PostgreSQL again in ``test_npm_database``.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from hooks.node import environment
from tests.answers import EVERYTHING
from tests.npm_packages import lend
from tests.project.typescript import TYPESCRIPT, run_node, serving, setup
from tests.template import render
from tests.waiting import TIMEOUT
from tests.wrapped import unwrapped

BIN = "packages/better-auth-setup/bin.cjs"

pytestmark = [pytest.mark.e2e, pytest.mark.exhaustive]


@pytest.fixture(scope="module")
def project(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("typescript") / "project"
    render(template, folder, {"stack": "typescript", **EVERYTHING})
    done = setup(lend(folder))
    assert done.returncode == 0, done.stdout
    yield folder
    stop = [TYPESCRIPT.serve[0], BIN, "database", "stop"]
    subprocess.run(stop, cwd=folder, env=environment(), check=True)


def test_the_embedded_database_survives_being_killed(project: Path) -> None:
    with serving(project) as server:
        browser = server.browser()
        browser.sign_up()
        lock_file = project / ".postgres" / "data" / "postmaster.pid"
        os.kill(int(lock_file.read_text().split()[0]), signal.SIGKILL)
        assert "runs" in run_node(project, BIN, "database", "start")
        assert "runs" in run_node(project, BIN, "database", "status")
        user = browser.user()
        assert user and user["email"] == browser.email


def test_production_refuses_weak_settings(project: Path) -> None:
    settings = environment(BETTER_AUTH_SECRET="hunter2hunter2")
    settings["BETTER_AUTH_URL"] = "http://app.example.com"
    done = subprocess.run(
        TYPESCRIPT.serve, cwd=project, env=settings, capture_output=True, text=True, timeout=TIMEOUT
    )
    assert done.returncode == 1
    problems = unwrapped(done.stderr)
    place = "of the environment, which overrides .env.local,"
    assert f"BETTER_AUTH_SECRET {place} is too weak" in problems
    assert "BETTER_AUTH_URL of the environment must be https" in problems
    assert "STRIPE_SECRET_KEY is not set" in problems
    assert "hunter2" not in done.stderr
    assert not re.search(r"^\s+at ", done.stderr, re.M)


def test_the_project_passes_its_own_checks(project: Path) -> None:
    run_node(project, "node_modules/prettier/bin/prettier.cjs", "--check", ".")
    run_node(project, "node_modules/oxlint/bin/oxlint", "--deny-warnings")
    run_node(project, "node_modules/typescript/bin/tsc")


def test_its_tests_leave_the_development_database_alone(project: Path) -> None:
    before = count_users(project)
    files = [f"tests/{path.name}" for path in (project / "tests").glob("*.test.ts")]
    command = [
        "packages/better-auth-setup/bin.cjs",
        "test-database",
        "--",
        "node",
        "--test",
        *files,
    ]
    assert "fail 0" in run_node(project, *command)
    assert count_users(project) == before


def count_users(project: Path) -> str:
    script = """
    import { prisma } from "./src/lib/prisma.ts";
    console.log(await prisma.user.count());
    process.exit();
    """
    return run_node(project, "--input-type=module", "--eval", script)
