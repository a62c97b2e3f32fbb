"""``setup --check`` of the Python stack in a fresh clone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from better_auth_setup.check import check
from better_auth_setup.console import Console
from better_auth_setup.project import Project

COMPUTED = """\
import path from "node:path";
import { defineConfig } from "prisma/config";

export default defineConfig({ schema: path.join("prisma") });
"""


def test_missing_npm_packages_are_reported_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "my-app"\n')
    manifest = {"dependencies": {"better-auth": "1.7.7"}, "devDependencies": {"prisma": "7.10.1"}}
    (tmp_path / "package.json").write_text(json.dumps(manifest))
    (tmp_path / "prisma.config.ts").write_text(COMPUTED)
    (tmp_path / ".env.local").write_text("DATABASE_URL=postgresql://ada@localhost:1/app\n")
    assert not check(Project.at(tmp_path), Console())
    output = capsys.readouterr().out
    assert output.count("not installed") == 1, output
    assert "install      The npm packages are not installed" in output
    assert "generate     The npm packages are missing." in output
