"""Folders whose names the tools cannot take are refused in one sentence."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.setup.npm_project import BIN, NODE_FILE, PACKAGE


@pytest.mark.parametrize("name", ["st*r", "back\\slash", "line\nbreak"])
def test_a_name_that_node_or_postgresql_does_not_take_is_refused(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    package = (folder / BIN).parent
    package.mkdir(parents=True)
    for file in ("bin.cjs", "check-node.cjs"):
        shutil.copy(PACKAGE / file, package)
    command = [NODE_FILE, BIN, "setup"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    (said,) = done.stderr.splitlines()
    assert said.startswith("Rename the folder ")
