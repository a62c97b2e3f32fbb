"""Prevents concurrent setups of one project, also while children of a killed setup still run."""

from __future__ import annotations

import os
from pathlib import Path

from better_auth_setup.problem import Problem

#: The variable with the file descriptors that scripts/setup.py locked, for itself and for children.
_VARIABLE = "SETUP_LOCKS"
_ORPHAN_SECONDS = 120


def take(root: Path) -> int:
    """Acquires the locks of setup, or takes over those of ``scripts/setup.py``.

    They are on files of the project, so no lock file has to be cleaned up.

    Returns:
        The lock that child processes have to inherit: they may outlive a killed setup.

    Raises:
        Problem: another setup is running.
    """
    if inherited := os.environ.pop(_VARIABLE, ""):
        files = [int(number) for number in inherited.split(",")]
        for file in files:
            os.set_inheritable(file, False)
        return files[-1]
    lock(root / "scripts" / "setup.py", 0)
    return lock(root / "pyproject.toml", _ORPHAN_SECONDS)


def lock(path: Path, seconds: float, refusal: str = "") -> int:
    """Locks a file until this process ends, or the returned file descriptor is closed.

    Args:
        path: an existing file.
        seconds: how long to wait for another process's lock.
        refusal: the message if the lock is still held then; default: another setup is running.

    Raises:
        Problem: another process holds the lock, or this is Windows, which has no ``fcntl``.
    """
    try:
        from better_auth_setup.bootstrap import BUSY, acquire
    except ImportError:
        raise Problem("This needs Linux or macOS; on Windows, use WSL.") from None
    file = acquire(path, seconds)
    if file is None:
        raise Problem(refusal or BUSY)
    return file
