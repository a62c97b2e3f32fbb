"""Folders whose names the tools cannot take are refused in one sentence."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.setup.npm_project import BIN, NODE_FILE, PACKAGE
from tests.template import REPOSITORY
from tests.waiting import TIMEOUT
from tests.wrapped import unwrapped

NAMES = ["st*r", "what?", "back\\slash", "line\nbreak"]
PYTHON_PACKAGE = "packages/better-auth-setup/src/better_auth_setup"
#: Setup in an older Python: since 3.13, paths of packages are UTF-8 in every locale.
OLDER = """
import runpy, sys
sys.version_info = (3, 12, 0)
runpy.run_path("scripts/setup.py", run_name="__main__")
"""


def npm_setup(folder: Path) -> str:
    """What setup of the TypeScript stack says in a folder where it does not start."""
    package = (folder / BIN).parent
    package.mkdir(parents=True)
    for file in ("bin.cjs", "check-node.cjs"):
        shutil.copy(PACKAGE / file, package)
    command = [NODE_FILE, BIN, "setup"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert len(lines) == 2
    return " ".join(lines)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_node_or_postgresql_does_not_take_is_refused(name: str, tmp_path: Path) -> None:
    assert npm_setup(tmp_path / name).startswith("Rename the folder ")


def python_setup(folder: Path, *program: str, **variables: str) -> str:
    """What setup of the Python stack says in a folder where it does not start."""
    files = ("scripts/setup.py", f"{PYTHON_PACKAGE}/bootstrap.py", f"{PYTHON_PACKAGE}/wrapping.py")
    for path in files:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / "template" / "python" / path, folder / path)
    done = subprocess.run(
        [sys.executable, *(program or ["scripts/setup.py"])],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT,
    )
    assert done.returncode == 1
    (message,) = unwrapped(done.stderr).splitlines()
    return message


def test_number_signs_are_refused_where_next_js_has_to_build(tmp_path: Path) -> None:
    for name, file in (("C#", "next.config.ts"), ("F#", "web/next.config.ts")):
        (tmp_path / name / file).parent.mkdir(parents=True)
        (tmp_path / name / file).touch()
    assert "Next.js does not build with #" in npm_setup(tmp_path / "C#")
    assert "Next.js does not build with #" in python_setup(tmp_path / "F#")


@pytest.mark.parametrize("name", NAMES)
def test_setup_of_python_refuses_it_as_well(name: str, tmp_path: Path) -> None:
    assert python_setup(tmp_path / name).startswith("setup: Rename the folder ")


def test_a_locale_that_cannot_name_the_folder_is_refused(tmp_path: Path) -> None:
    message = python_setup(tmp_path / "caf\u00e9", "-c", OLDER, LC_ALL="C")
    assert message.startswith("setup: Set LC_ALL=C.UTF-8 ")
