"""All rendered projects pass tsc, oxlint, prettier, ruff and mypy."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hooks.node import environment
from tests.answers import EVERYTHING, STACKS
from tests.project.typescript_sources import cases, install_packages, render_project
from tests.some import some
from tests.template import REPOSITORY

pytestmark = pytest.mark.e2e

#: The part of the generated Prisma client that a project's code uses.
CLIENT = """
import type { SqlDriverAdapterFactory } from "@prisma/client/runtime/client";

export declare class PrismaClient {
  constructor(options: { adapter: SqlDriverAdapterFactory });
  $disconnect(): Promise<void>;
  $executeRawUnsafe(query: string): Promise<unknown>;
  $queryRaw(query: TemplateStringsArray): Promise<unknown>;
  user: { update(args: object): Promise<unknown> };
  outboxMessage: {
    create(args: object): Promise<OutboxMessage>;
    deleteMany(args: object): Promise<{ count: number }>;
    findFirst(args: object): Promise<OutboxMessage | null>;
    findMany(args: object): Promise<OutboxMessage[]>;
    updateMany(args: object): Promise<{ count: number }>;
  };
}

interface OutboxMessage {
  id: string;
  kind: string;
  recipient: string;
  data: string | null;
  createdAt: Date;
  dueAt: Date | null;
  expiresAt: Date;
  attempts: number;
  sentAt: Date | null;
  error: string | null;
}
"""
PACKAGES = REPOSITORY / "template/python/packages"
SOURCES = {"python": ["auth"], "typescript": ["src", "tests"]}
in_python = pytest.mark.parametrize("stack", ["python"], indirect=True)


@pytest.fixture(scope="module", params=STACKS)
def stack(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(
    scope="module", params=["sample", pytest.param("all", marks=pytest.mark.exhaustive)]
)
def projects(
    request: pytest.FixtureRequest, stack: str, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Projects of a stack, in folders that share one ``node_modules``."""
    folder = tmp_path_factory.mktemp(stack)
    (folder / "node_modules").symlink_to(install_packages())
    for number, answers in enumerate(cases(stack)):
        if request.param == "sample" and not is_sampled(number, stack, answers):
            continue
        project = folder / f"{number:03}"
        render_project({"project_name": f"App {number:03}", **answers}, project)
        schema = (project / "prisma" / "schema.prisma").read_text()
        output = re.findall(r'output += "(.*)"', schema)[0]
        client = project / "prisma" / output / "client.ts"
        client.parent.mkdir(parents=True)
        client.write_text(CLIENT, encoding="utf-8")
        (project / "answers.txt").write_text(json.dumps(answers))
    return folder


def is_sampled(number: int, stack: str, answers: dict[str, Any]) -> bool:
    """The defaults, everything, and a twelfth of the others: another one in each stack."""
    if answers.keys() == {"stack"} or answers.keys() >= EVERYTHING.keys():
        return True
    # `test_nextjs` and `test_python_nextjs` check other projects with Next.js.
    return "framework" not in answers and number % 12 == STACKS.index(stack)


def run_node(folder: Path, script: str, *arguments: str) -> str:
    """The output of an npm package's command, empty on success."""
    command = ["node", "--max-old-space-size=8192", f"node_modules/{script}", *arguments]
    result = subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, timeout=900
    )
    return result.stdout + result.stderr if result.returncode else ""


def run_python(folder: Path, *arguments: str) -> str:
    """The output of a Python tool, empty on success."""
    command = [sys.executable, "-m", *arguments]
    packages = [str(path / "src") for path in PACKAGES.iterdir()]
    env = {**os.environ, "MYPYPATH": os.pathsep.join(packages)}
    result = subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, timeout=900
    )
    return result.stdout + result.stderr if result.returncode else ""


def test_every_project_is_typed(projects: Path, stack: str) -> None:
    parts = [*SOURCES[stack], "prisma.config.ts"]
    folders = [folder for folder in projects.glob("[0-9]*") if not nextjs_folder(folder)]
    config = {
        "extends": "./000/tsconfig.json",
        "include": [f"{folder.name}/{part}" for folder in folders for part in parts],
    }
    (projects / "tsconfig.json").write_text(json.dumps(config))
    assert run_node(projects, "typescript/bin/tsc", "--project", ".") == ""


def test_every_project_with_nextjs_is_typed(projects: Path) -> None:
    found = filter(None, map(nextjs_folder, sorted(projects.glob("[0-9]*"))))
    # Each project declares its own global types.
    for folder in some(found):
        name = str(folder.relative_to(projects))
        assert run_node(projects, "next/dist/bin/next", "typegen", name) == ""
        assert run_node(projects, "typescript/bin/tsc", "--project", name) == ""
        shutil.rmtree(folder / ".next")
        (folder / "next-env.d.ts").unlink()


def nextjs_folder(project: Path) -> Path | None:
    configuration = next(project.glob("**/next.config.ts"), None)
    return configuration and configuration.parent


def test_every_project_is_linted(projects: Path) -> None:
    # Each folder's .oxlintrc.json applies to it.
    (projects / ".oxlintrc.json").write_text(json.dumps({"ignorePatterns": ["node_modules"]}))
    assert run_node(projects, "oxlint/bin/oxlint", "--deny-warnings") == ""


@pytest.fixture
def different(projects: Path, tmp_path: Path) -> Path:
    """The projects without files that an earlier one has with the same path and text."""
    seen = set()
    for project in some(sorted(projects.glob("[0-9]*"))):
        for file in filter(Path.is_file, project.rglob("*")):
            name, text = file.relative_to(project), file.read_bytes()
            # Settings have to reach the files of every project.
            if (name, text) in seen and name.name != ".prettierrc.json":
                continue
            seen.add((name, text))
            copy = tmp_path / project.name / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(text)
    (tmp_path / "node_modules").symlink_to(install_packages())
    return tmp_path


def test_every_project_is_formatted(projects: Path, different: Path, stack: str) -> None:
    files = [*projects.glob("*/.gitignore"), *projects.glob("*/.prettierignore")]
    lines = {line for file in files for line in file.read_text().splitlines()}
    own = sorted(line for line in lines if line and line[0] not in "#!")
    (different / ".prettierignore").write_text("\n".join(f"/*/{pattern}" for pattern in own))
    assert run_node(different, "prettier/bin/prettier.cjs", "--check", ".") == ""
    if stack == "python":
        assert run_python(projects, "ruff", "format", "--check", "--no-cache", ".") == ""
        assert run_python(projects, "ruff", "check", "--no-cache", ".") == ""


def test_the_libraries_are_formatted() -> None:
    """Owners' prettier ignores ``packages/``."""
    prettier = install_packages() / "prettier/bin/prettier.cjs"
    sources = ["shared/**/*.{js,mjs,mts}", "*/packages/**/*.{cjs,js,mjs,mts,ts}"]
    bundle = "!**/better-auth-pages/client.js"
    config = ["--config", "typescript/.prettierrc.json"]
    command = ["node", str(prettier), *config, "--check", *sources, bundle]
    folder = REPOSITORY / "template"
    result = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


@in_python
def test_every_project_is_typed_in_python(projects: Path) -> None:
    # The file is the same in each.
    scripts = some(projects.glob("*/scripts/setup.py"))[:1]
    sources = [str(path) for path in [*scripts, *some(projects.glob("*/src/*"))]]
    strict = ["--strict", "--explicit-package-bases"]
    assert run_python(projects, "mypy", *strict, *sources) == ""


@in_python
@pytest.mark.parametrize("framework", ["hono", "nextjs"])
def test_an_owners_mypy_passes(projects: Path, framework: str) -> None:
    """By the project's own configuration, which names its tests, too."""
    folders = sorted(projects.glob("[0-9]*"))
    alike = [one for one in folders if (nextjs_folder(one) is not None) == (framework == "nextjs")]
    # The last one has everything.
    assert run_python(alike[-1], "mypy") == ""
