"""Prisma's CLI uses DIRECT_URL, but never for another database."""

from __future__ import annotations

from pathlib import Path

import pytest
from better_auth_setup.problem import Problem
from better_auth_setup.settings import Settings
from better_auth_setup.testing import test_database as make_test_database

from hooks.demo import STACKS
from tests.project.typescript import run_node
from tests.project.typescript_sources import ENGINE
from tests.project.workshop import PRISMA, Workshop
from tests.setup.npm_project import NODE_FILE, NpmProject, npm_project

NOWHERE = "postgresql://app:geheim@127.0.0.1:1/app"
TABLES = "SELECT count(*)::int FROM information_schema.tables WHERE table_name = 'user'"


@pytest.fixture(scope="module", params=STACKS)
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> NpmProject:
    folder = tmp_path_factory.mktemp(request.param) / "project"
    return npm_project(folder, stack=request.param)


def write(folder: Path, **settings: str) -> None:
    text = "".join(f'{name}="{value}"\n' for name, value in settings.items())
    (folder / ".env.local").write_text(text)


def push(folder: Path, **variables: str) -> None:
    assert "in sync" in run_node(folder, PRISMA, "db", "push", **variables)


def test_prismas_cli_uses_direct_url(project: NpmProject, workshop: Workshop) -> None:
    database = workshop.database()
    write(project.folder, DATABASE_URL=NOWHERE, DIRECT_URL=database)
    push(project.folder)
    assert project.sql(TABLES, url=database) == [(1,)]


def test_a_database_url_given_for_one_command_is_used(
    project: NpmProject, workshop: Workshop
) -> None:
    own, other = workshop.database(), workshop.database()
    write(project.folder, DATABASE_URL=own, DIRECT_URL=own)
    push(project.folder, DATABASE_URL=other)
    assert project.sql(TABLES, url=own) == [(0,)]
    assert project.sql(TABLES, url=other) == [(1,)]


def test_tests_have_a_database_of_their_own(
    project: NpmProject, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = workshop.database()
    write(project.folder, DATABASE_URL=own, DIRECT_URL=own)
    if (project.folder / "pyproject.toml").exists():
        engine = project.folder / ENGINE / "index.mjs"
        monkeypatch.setenv("PRISMA_SCHEMA_ENGINE_BINARY", str(engine))
        assert make_test_database(project.folder) == f"{own}_test"
    else:
        script = "console.log(process.env.DATABASE_URL)"
        command = ["test-database", "--", NODE_FILE, "--eval", script]
        assert project.done(*command).strip() == f"{own}_test"
    assert project.sql(TABLES, url=own) == [(0,)]
    assert project.sql(TABLES, url=f"{own}_test") == [(1,)]


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://me:geheim@db/app", "TEST_DATABASE_URL of the environment cannot be used: "),
        ("postgresql://me:ge#heim@db/app", "Escape user name and password in TEST_DATABASE_URL"),
    ],
)
def test_a_wrong_test_database_is_refused(
    project: NpmProject, monkeypatch: pytest.MonkeyPatch, url: str, sentence: str
) -> None:
    write(project.folder, DATABASE_URL=NOWHERE)
    if (project.folder / "pyproject.toml").exists():
        monkeypatch.setenv("TEST_DATABASE_URL", url)
        with pytest.raises(Problem, match=f"^{sentence}"):
            make_test_database(project.folder)
    else:
        command = ["test-database", "--", NODE_FILE, "--version"]
        assert sentence in project.refused(*command, TEST_DATABASE_URL=url)


def test_direct_url_applies_to_the_database_url_of_the_same_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "DIRECT_URL"):
        monkeypatch.delenv(name, raising=False)
    settings = Settings(tmp_path)
    assert settings.direct_url == ""
    (tmp_path / ".env").write_text("DATABASE_URL=a\nDIRECT_URL=b\n")
    assert settings.direct_url == settings.variables()["DIRECT_URL"] == "b"
    write(tmp_path, DATABASE_URL="c")
    assert settings.direct_url == settings.variables()["DIRECT_URL"] == ""
    monkeypatch.setenv("DIRECT_URL", "d")
    assert settings.direct_url == "d"
