"""The styles of a project with Next.js."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from hooks.node import environment
from tests.npm_packages import lend
from tests.project.typescript_sources import render_project

pytestmark = pytest.mark.e2e

COMPILE = """
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
const require = createRequire(`${process.cwd()}/package.json`);
const tailwind = require("@tailwindcss/postcss");
const postcss = createRequire(require.resolve("@tailwindcss/postcss"))("postcss");
const [file] = process.argv.slice(1);
const { css } = await postcss([tailwind()]).process(readFileSync(file, "utf8"), { from: file });
console.log(css);
"""


def test_they_come_from_the_sources_alone(tmp_path: Path) -> None:
    """Where the repository around the project ignores it, Tailwind on its own reads every file."""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("/app/\n")
    project = tmp_path / "app"
    render_project({"stack": "typescript", "framework": "nextjs"}, project)
    (project / ".postgres").mkdir()
    (project / ".postgres/log.html").write_text('<p class="tracking-[7px]">')
    lend(project)
    styles = next(project.glob("**/globals.css")).relative_to(project)
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", COMPILE, str(styles)],
        cwd=project,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert ".max-w-sm" in done.stdout
    assert "7px" not in done.stdout
