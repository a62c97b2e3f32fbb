"""npm's *generate* on real schemas: no line is harmed, and `--check` agrees."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.node import ask_prisma
from tests.project.typescript import run_node
from tests.setup.npm_project import NpmProject, npm_project

SCHEMAS = sorted((Path(__file__).parent.parent / "generate" / "schemas").glob("*.prisma"))
#: The schemas in `make test`: the Python package has all of them, and a test compares the two.
SAMPLE = {"block_comments", "optional_names", "two_systems"}


@pytest.fixture(scope="module")
def project_for(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], NpmProject]:
    """Returns a provider's project with installed packages."""

    @cache
    def made(provider: str) -> NpmProject:
        folder = tmp_path_factory.mktemp("schemas") / "project"
        plugins = ["two-factor", "organization", "admin"]
        project = npm_project(folder, provider=provider, plugins=plugins)
        run_node(folder, "node_modules/prisma/build/index.js", "generate")
        return project

    return made


@pytest.mark.e2e
@pytest.mark.parametrize(
    "schema",
    [
        pytest.param(file, marks=() if file.stem in SAMPLE else pytest.mark.exhaustive)
        for file in SCHEMAS
    ],
    ids=lambda file: file.stem,
)
def test_a_real_schema_is_completed_or_left_unchanged(
    schema: Path, project_for: Callable[[str], NpmProject]
) -> None:
    before = schema.read_text()
    found = re.search(r'^\s*datasource[^{]*\{[^}]*?provider\s*=\s*"(\w+)"', before, re.MULTILINE)
    provider = found[1] if found else "postgresql"
    project = project_for("postgresql" if provider == "postgres" else provider)
    file = project.folder / "theirs.prisma"
    file.write_text(before)
    command = ["generate", "--schema", file.name]

    checked = project.run(*command, "--check")
    assert file.read_text() == before
    result = project.run(*command)
    after = file.read_text()
    # --check reports exactly what generate adds or asks the owner to add.
    assert (checked.returncode == 0) == (result.returncode == 0 and after == before)
    assert project.run(*command, "--check").returncode == result.returncode

    rest = iter(after.splitlines())
    assert all(line in rest for line in before.splitlines())
    if result.returncode:
        assert after == before
    elif after != before:
        assert ask_prisma([after], "validate") == [None]
