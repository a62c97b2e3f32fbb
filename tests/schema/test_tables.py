"""The schema engine creates the tables of every feature, and then finds no difference.

The tests call it with the Prisma CLI's messages, which is faster than the CLI.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from hooks import node
from tests.node import ask_prisma
from tests.postgresql import sql
from tests.project.workshop import Workshop
from tests.schema.cases import render, singles
from tests.template import REPOSITORY

pytestmark = pytest.mark.e2e
ENGINE = REPOSITORY / "template" / "shared" / "schema-engine"


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The schema engine and its packages."""
    folder = tmp_path_factory.mktemp("engine")
    for module in ENGINE.glob("*.mjs"):
        shutil.copy(module, folder)
    packages = node.install(
        node.pinned(
            "@prisma/adapter-libsql",
            "@prisma/adapter-pg",
            "@prisma/driver-adapter-utils",
            "@prisma/schema-engine-wasm",
        )
    )
    (folder / "node_modules").symlink_to(packages / "node_modules")
    return folder / "index.mjs"


def run(engine: Path, url: str, *command: str, stdin: str = "") -> str:
    """Calls the engine; returns its result; fails on an error."""
    datasource = json.dumps({"url": url})
    result = subprocess.run(
        ["node", str(engine), "--datasource", datasource, *command],
        env=node.environment(),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def push_twice(engine: Path, url: str, schema: str) -> list[int]:
    """Pushes twice as ``prisma db push`` does; returns the number of statements of each."""
    files = [{"path": "schema.prisma", "content": schema}]
    filters: dict[str, list[str]] = {"externalTables": [], "externalEnums": []}
    params = {"schema": {"files": files}, "force": False, "filters": filters}
    requests = [
        json.dumps({"jsonrpc": "2.0", "id": number, "method": "schemaPush", "params": params})
        for number in (1, 2)
    ]
    steps = []
    for line in run(engine, url, stdin="\n".join(requests) + "\n").splitlines():
        answer = json.loads(line)
        assert "result" in answer, answer
        result = answer["result"]
        assert (result["warnings"], result["unexecutable"]) == ([], [])
        steps.append(int(result["executedSteps"]))
    return steps


@pytest.mark.parametrize(
    "provider", ["postgresql", pytest.param("sqlite", marks=pytest.mark.exhaustive)]
)
def test_the_tables_of_every_feature_are_created_once(
    provider: str, engine: Path, workshop: Workshop, tmp_path: Path
) -> None:
    # Features without tables have the schema of no features.
    schemas = list(
        dict.fromkeys(render(case) for case in singles() if case["provider"] == provider)
    )
    tables = [len(meaning["models"]) for meaning in ask_prisma(schemas, "meaning")]

    def pushed_twice(number: int) -> list[int]:
        url = f"file:{tmp_path}/{number}.db"
        if provider == "postgresql":
            url = urlsplit(workshop.url)._replace(path=f"/tables{number}").geturl()
        if provider == "sqlite" or number == 0:
            run(engine, url, "cli", "create-database")
        else:
            sql(workshop.url, f"CREATE DATABASE tables{number}")
        return push_twice(engine, url, schemas[number])

    with ThreadPoolExecutor(2) as others:
        for expected, (first, second) in zip(
            tables, others.map(pushed_twice, range(len(schemas))), strict=True
        ):
            assert first >= expected
            assert second == 0
