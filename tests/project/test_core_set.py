"""The core of better-auth and five plugins, on the databases beside PostgreSQL.

A project's own tests walk through them over HTTP. Their `db push` has been done already: on
MariaDB, Prisma's native engine alone could do it.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bridge import mariadb
from tests.bridge.conftest import run_sql
from tests.bridge.databases import push
from tests.bridge.mysql_tables import create_tables
from tests.template import render

pytestmark = pytest.mark.e2e
PLUGINS = ["username", "admin", "two-factor", "organization", "api-key"]


def rendered(template: Path, folder: Path, provider: str) -> Path:
    answers = {"provider": provider, "plugins": PLUGINS, "rate_limit_storage": "database"}
    if provider == "mysql":
        answers["database_url"] = "mysql://app:app@127.0.0.1:3306/app"
    project = render(template, folder / "project", answers)
    (project / "scripts" / "prisma.py").write_text("")
    return project


def run_tests(project: Path, url: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "--quiet", "-p", "no:cacheprovider"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": "src", "TEST_DATABASE_URL": url},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert " passed" in result.stdout and "skipped" not in result.stdout


def test_on_sqlite(template: Path, tmp_path: Path) -> None:
    project = rendered(template, tmp_path, "sqlite")
    url = f"file:{tmp_path / 'test.db'}"
    push((project / "prisma" / "schema.prisma").read_text(), url, tmp_path)
    run_tests(project, url)


@pytest.mark.mariadb
def test_on_mariadb(template: Path, tmp_path: Path) -> None:
    project = rendered(template, tmp_path, "mysql")
    (folder := tmp_path / "mariadb").mkdir()
    with mariadb.running(folder) as url:
        statements = create_tables((project / "prisma" / "schema.prisma").read_text())
        asyncio.run(run_sql("mysql", url, *statements))
        run_tests(project, url)
