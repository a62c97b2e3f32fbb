"""Only one setup runs at a time, also after a killed one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from better_auth_setup.locks import lock
from better_auth_setup.problem import Problem

HOLD = "import fcntl, sys, time; f = open(sys.argv[1]); fcntl.flock(f, 2); print(); time.sleep(60)"


def test_a_lock_is_free_as_soon_as_its_holder_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    holder = subprocess.Popen([sys.executable, "-c", HOLD, path], stdout=subprocess.PIPE)
    assert holder.stdout
    holder.stdout.readline()
    with pytest.raises(Problem, match="Busy"):
        lock(path, 0, "Busy.")
    holder.kill()
    holder.communicate()
    lock(path, 0, "Busy.")
