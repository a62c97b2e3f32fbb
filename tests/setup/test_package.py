"""better-auth-setup as a Python package: wheel and sdist work outside a project."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.template import render

pytestmark = pytest.mark.e2e
UV = [sys.executable, "-m", "uv"]


def run(*command: str | Path, folder: Path) -> str:
    done = subprocess.run([*command], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_builds_and_installs(template: Path, tmp_path: Path) -> None:
    project = render(template, tmp_path / "app", {})
    package = project / "packages" / "better-auth-setup"
    dist = tmp_path / "dist"
    run(*UV, "build", "--quiet", "--out-dir", dist, folder=package)
    (wheel,) = dist.glob("*.whl")
    (source,) = dist.glob("*.tar.gz")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"better_auth_setup/py.typed", "better_auth_setup/schema-engine/index.mjs"} <= names
    assert not [name for name in names if "node_modules" in name or "__pycache__" in name]
    with tarfile.open(source) as archive:
        assert any(name.endswith("/README.md") for name in archive.getnames())

    run(*UV, "venv", "--quiet", "venv", folder=tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    run(*UV, "pip", "install", "--quiet", "--python", python, wheel, folder=tmp_path)
    program = python.with_name("better-auth-setup")
    usage = run(program, "--help", folder=tmp_path)
    for command in ("setup", "generate", "database", "test-database", "prisma"):
        assert f"  {command}" in usage
    elsewhere = subprocess.run([program, "setup"], cwd=tmp_path, capture_output=True, text=True)
    assert elsewhere.returncode == 1
    assert elsewhere.stderr.startswith("setup: There is no project in")
    again = run(python, "-m", "better_auth_setup", "--help", folder=tmp_path)
    assert again == usage
