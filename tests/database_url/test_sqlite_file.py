"""Prisma's CLI and the servers open the same SQLite file, whatever its name."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from better_auth_sidecar.database_url import SqliteUrl, read_database_url

from tests.project.typescript import serving
from tests.setup.npm_project import NpmProject, npm_project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> NpmProject:
    folder = tmp_path_factory.mktemp("sqlite") / "project"
    return npm_project(folder, provider="sqlite")


def users(path: Path) -> int:
    connection = sqlite3.connect(path)
    try:
        [(count,)] = connection.execute('SELECT count(*) FROM "user"').fetchall()
    finally:
        connection.close()
    return int(count)


def test_from_setup_to_a_sign_up(project: NpmProject) -> None:
    url = "file:./my größe/of%20100%.db"
    project.done("setup", DATABASE_URL=url)
    with serving(project.folder, DATABASE_URL=url) as server:
        server.browser().sign_up()
    path = project.folder / "my größe" / "of%20100%.db"
    assert users(path) == 1
    assert [*project.folder.rglob("*.db")] == [path]
    found = read_database_url(url, project.folder)
    assert isinstance(found, SqliteUrl) and found.path == path
