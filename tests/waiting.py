"""Polls for what another process does, with a limit that slow machines do not reach."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")

#: Seconds until a test gives up waiting for another process. More than the minute for which the
#: outbox leases a message, as nobody else sends it if its process is killed.
TIMEOUT = 120


def wait_for(find: Callable[[], _T | None], failure: str = "") -> _T:
    """Polls until the result is true; returns it.

    Args:
        find: what is polled. A false result asks for another try.
        failure: the error's text, if it never becomes true.

    Raises:
        AssertionError: it did not within `TIMEOUT` seconds.
    """
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        if found := find():
            return found
        time.sleep(0.05)
    raise AssertionError(failure or f"waited {TIMEOUT} s in vain")
