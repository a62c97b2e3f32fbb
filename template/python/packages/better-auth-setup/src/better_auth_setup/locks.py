"""Prevents concurrent setups of one project, also while children of a killed setup still run."""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType

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
    busy: str = _bootstrap().BUSY
    lock(root / "scripts" / "setup.py", 0, busy)
    return lock(root / "pyproject.toml", _ORPHAN_SECONDS, busy)


def lock(path: Path, seconds: float, refusal: str) -> int:
    """Locks a file until this process ends, or the returned file descriptor is closed.

    Args:
        path: an existing file.
        seconds: how long to wait for another process's lock.
        refusal: the message if that is too short.

    Raises:
        Problem: another process holds the lock.
    """
    file: int | None = _bootstrap().acquire(path, seconds)
    if file is None:
        raise Problem(refusal)
    return file


def _bootstrap() -> ModuleType:
    """The module with the lock, whose import needs ``fcntl``.

    Raises:
        Problem: this is Windows.
    """
    try:
        from better_auth_setup import bootstrap
    except ImportError:
        raise Problem("This needs Linux or macOS; on Windows, use WSL.") from None
    return bootstrap
