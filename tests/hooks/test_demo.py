"""The project that `make demo` leaves."""

from __future__ import annotations

import subprocess
from pathlib import Path

from hooks.demo import render


def test_linters_find_its_files_where_the_repository_around_ignores_it(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    (tmp_path / ".gitignore").write_text("/demo/\n")
    project = tmp_path / "demo/typescript"
    render("typescript", "hono", project, "")
    files = ["git", "ls-files", "--others", "--exclude-standard"]
    found = subprocess.run(files, cwd=project, capture_output=True, text=True, check=True)
    assert "src/app.ts" in found.stdout.splitlines()
