"""Setup makes `.env.local` private before all else, also if it then refuses to run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hooks.node import environment
from tests.project.typescript_sources import render_project
from tests.setup.npm_project import BIN, NODE_FILE
from tests.waiting import TIMEOUT

OLD_NODE = "Object.defineProperty(process.versions, 'node', { value: '20.18.0' });"
OLD_PYTHON = """
import runpy, sys
sys.version_info = (3, 9, 0)
sys.argv[:] = ["scripts/setup.py"]
runpy.run_path("scripts/setup.py", run_name="__main__")
"""
NPM = [NODE_FILE, BIN, "setup"]
PYTHON = [sys.executable, "scripts/setup.py"]

#: Commands in folders, with variables, and why setup refuses.
REFUSED: dict[str, tuple[list[str], str, dict[str, str], str]] = {
    "an old Node.js": (NPM, "app", {"NODE_OPTIONS": "--require=./old.cjs"}, "Install Node.js"),
    "yarn": (NPM, "app", {"npm_config_user_agent": "yarn/1.22.22"}, "Use npm or pnpm"),
    "a conflict": (NPM, "app", {}, "left conflicts"),
    "another folder": (["--root"], "app", {}, "left conflicts"),
    "a folder that Node.js does not take": (NPM, "a*b", {}, "Rename the folder"),
    "an old Python": ([sys.executable, "-c", OLD_PYTHON], "app", {}, "Use Python 3.11"),
    "a folder that Node.js does not take, in Python": (PYTHON, "a*b", {}, "Rename the folder"),
}


def project(folder: Path, stack: str) -> Path:
    """A project that setup refuses, with ``.env.local`` as Copier creates it."""
    render_project({"stack": stack}, folder)
    (folder / "old.cjs").write_text(OLD_NODE)
    (folder / "README.md").write_text("<<<<<<< before updating\n")
    (folder / ".env.local").chmod(0o644)
    return folder


def mode(folder: Path) -> int:
    return (folder / ".env.local").stat().st_mode & 0o777


def run(command: list[str], folder: Path, *flags: str, **variables: str) -> str:
    if command == ["--root"]:
        command, folder = [NODE_FILE, str(folder / BIN), "--root", str(folder), "setup"], Path("/")
    done = subprocess.run(
        [*command, *flags],
        cwd=folder,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("why", REFUSED)
def test_it_is_closed_before_setup_refuses_to_run(tmp_path: Path, why: str) -> None:
    command, name, variables, sentence = REFUSED[why]
    folder = project(tmp_path / name, "python" if "Python" in why else "typescript")
    for flag in ("--check", "--help"):
        run(command, folder, flag, **variables)
        # The old Python is started without the flag.
        assert mode(folder) == 0o644 or why == "an old Python"
    assert sentence in run(command, folder, **variables)
    assert mode(folder) == 0o600
