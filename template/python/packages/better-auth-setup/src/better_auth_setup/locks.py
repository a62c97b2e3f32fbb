"""One setup at a time, also after one was killed."""

from __future__ import annotations

import os
import time
from pathlib import Path

from better_auth_setup.problem import Problem

#: Where scripts/setup.py leaves the files that it has locked: its own, and that for programs.
_VARIABLE = "SETUP_LOCKS"
_BUSY = "Another setup is running in this folder; wait until it has finished."
_ORPHAN_SECONDS = 120


def take(root: Path) -> int:
    """Takes the locks of setup, or takes them over from ``scripts/setup.py``.

    They are on files of the project, so there is nothing to clean up.

    Returns:
        The lock that the programs of setup have to hold: they may outlive a setup that is killed.

    Raises:
        Problem: another setup is running.
    """
    if inherited := os.environ.pop(_VARIABLE, ""):
        files = [int(number) for number in inherited.split(",")]
        for file in files:
            os.set_inheritable(file, False)
        return files[-1]
    lock(root / "scripts" / "setup.py", 0, _BUSY)
    return lock(root / "pyproject.toml", _ORPHAN_SECONDS, _BUSY)


def lock(path: Path, seconds: float, refusal: str) -> int:
    """Locks a file until this process ends, or the file that is given back is closed.

    Args:
        path: an existing file.
        seconds: how long to wait for another process that has locked it.
        refusal: what to say then.

    Raises:
        Problem: another process has locked it.
    """
    try:
        import fcntl
    except ImportError:
        raise Problem("This needs Linux or macOS; on Windows, use WSL.") from None
    file = os.open(path, os.O_RDONLY)
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(file)
                raise Problem(refusal) from None
            time.sleep(0.05)
