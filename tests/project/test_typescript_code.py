"""Whatever is chosen: the TypeScript project passes tsc, oxlint and prettier."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from hooks.node import environment
from tests.project.typescript_sources import cases, install_packages, render_project

#: What `prisma generate` writes, as far as the code of a project asks for it.
CLIENT = """
import type { SqlDriverAdapterFactory } from "@prisma/client/runtime/client";

export declare class PrismaClient {
  constructor(options: { adapter: SqlDriverAdapterFactory });
  $disconnect(): Promise<void>;
  $queryRaw(query: TemplateStringsArray): Promise<unknown>;
}
"""


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every project, in folders that share one ``node_modules``."""
    folder = tmp_path_factory.mktemp("projects")
    (folder / "node_modules").symlink_to(install_packages())
    for number, answers in enumerate(cases()):
        project = folder / f"{number:03}"
        render_project(answers, project)
        client = project / "src" / "generated" / "prisma" / "client.ts"
        client.parent.mkdir(parents=True)
        client.write_text(CLIENT, encoding="utf-8")
        (project / "answers.txt").write_text(json.dumps(answers))
    return folder


def run(folder: Path, script: str, *arguments: str) -> str:
    """What a command of the installed packages prints; nothing if all is well."""
    command = ["node", "--max-old-space-size=8192", f"node_modules/{script}", *arguments]
    result = subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, timeout=900
    )
    return result.stdout + result.stderr if result.returncode else ""


@pytest.mark.e2e
def test_every_project_is_typed(projects: Path) -> None:
    parts = ["src", "tests", "prisma.config.ts"]
    config = {
        "extends": "./000/tsconfig.json",
        "include": [f"*/{part}" for part in parts],
    }
    (projects / "tsconfig.json").write_text(json.dumps(config))
    assert run(projects, "typescript/bin/tsc", "--project", ".") == ""


@pytest.mark.e2e
def test_every_project_is_linted(projects: Path) -> None:
    # Each folder's own .oxlintrc.json counts within it.
    (projects / ".oxlintrc.json").write_text(json.dumps({"ignorePatterns": ["node_modules"]}))
    assert run(projects, "oxlint/bin/oxlint", "--deny-warnings") == ""


@pytest.mark.e2e
def test_every_project_is_formatted(projects: Path) -> None:
    (projects / ".prettierignore").write_text(
        "generated/\nschema-engine/\n/tsconfig.json\n/.oxlintrc.json\n"
    )
    assert run(projects, "prettier/bin/prettier.cjs", "--check", ".") == ""
