"""Settings: the first non-empty value counts, and errors name its source."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.setup.npm_project import NpmProject, npm_project


@pytest.fixture
def project(tmp_path: Path) -> NpmProject:
    return npm_project(tmp_path / "project", provider="sqlite")


def test_the_first_non_empty_value_is_used(project: NpmProject) -> None:
    # A link to a file that several checkouts share.
    shared = project.folder.parent / "shared.env"
    (project.folder / ".env.local").rename(shared)
    (project.folder / ".env.local").symlink_to(shared)
    shared.write_text("DATABASE_URL= \nBETTER_AUTH_SECRET=\t\n")
    (project.folder / ".env").write_text("DATABASE_URL=file:./from-env.db\n")
    output = project.done("setup", DATABASE_URL="")
    assert "./from-env.db" in output
    assert (project.folder / "from-env.db").exists()
    assert (project.folder / ".env.local").is_symlink()
    assert 'BETTER_AUTH_SECRET="' in shared.read_text()
    assert not (project.folder / "dev.db").exists()
    project.done("setup", DATABASE_URL="file:./from-environment.db")
    assert (project.folder / "from-environment.db").exists()


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("environment", "DATABASE_URL of the environment, which overrides .env.local"),
        (".env.local", "DATABASE_URL in .env.local"),
        (".env", "DATABASE_URL in .env"),
    ],
)
def test_a_wrong_value_is_reported_with_its_source(
    project: NpmProject, place: str, shown: str
) -> None:
    url = "postgresql://a:s3cret-word@localhost/b"
    variables = {"DATABASE_URL": url} if place == "environment" else {}
    (project.folder / ".env.local").write_text("BETTER_AUTH_SECRET=x\n")
    if variables:
        with (project.folder / ".env.local").open("a") as file:
            file.write("DATABASE_URL=file:./own.db\n")
    else:
        with (project.folder / place).open("a") as file:
            file.write(f"DATABASE_URL={url}\n")
    stderr = project.refused("setup", **variables)
    assert f"{shown} cannot be used: a database URL for sqlite starts with file:." in stderr
    assert "s3cret-word" not in stderr
