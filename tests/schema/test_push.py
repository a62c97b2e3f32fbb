"""The real Prisma CLI makes the tables on real databases, and then has nothing left to do."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from dotenv import dotenv_values

from hooks.catalogue import FEATURES
from hooks.demo import STACKS, run
from tests.schema.cases import complete
from tests.schema.cases import render as render_schema
from tests.template import render

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("push")]
PYTHON = STACKS["python"]

#: In the usual run nothing, everything, and the models with the oddest columns.
SAMPLE = {"none", "all", "organization-teams", "oauth-provider", "device-authorization"}
SETS = {"none": [], **{feature: complete([feature]) for feature in FEATURES}, "all": list(FEATURES)}


@pytest.fixture(scope="module")
def project(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project that was set up, whose Prisma CLI and PostgreSQL are used here."""
    directory = render(template, tmp_path_factory.mktemp("push"), {})
    run(PYTHON.setup, directory)
    yield directory
    run(PYTHON.stop, directory)


def push(project: Path, schema: Path, url: str) -> str:
    """What ``prisma db push`` says; fails if it fails."""
    command = [".venv/bin/python", "scripts/prisma.py", "db", "push", "--schema", str(schema)]
    environment = {**os.environ, "DATABASE_URL": url}
    result = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.mark.parametrize("provider", ["postgresql", "sqlite"])
@pytest.mark.parametrize(
    "features",
    [
        pytest.param(features, id=name, marks=[] if name in SAMPLE else pytest.mark.exhaustive)
        for name, features in SETS.items()
    ],
)
def test_a_second_push_finds_nothing_to_do(
    provider: str, features: list[str], project: Path, tmp_path: Path
) -> None:
    schema = tmp_path / "schema.prisma"
    schema.write_text(render_schema({"provider": provider, "features": features}))
    url = f"file:{tmp_path}/push.db"
    if provider == "postgresql":
        own = dotenv_values(project / ".env.local")["DATABASE_URL"] or ""
        url = urlsplit(own)._replace(path=f"/push-{'-'.join(features)[:40] or 'none'}").geturl()
    assert "now in sync" in push(project, schema, url)
    assert "already in sync" in push(project, schema, url)
