"""Polls for what another process does, with a limit that slow machines do not reach."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

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


async def wait_until(find: Callable[[], Awaitable[_T | None]], failure: str = "") -> _T:
    """Polls a coroutine as `wait_for` does a function, while the event loop goes on."""
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        if found := await find():
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(failure or f"waited {TIMEOUT} s in vain")


def wait_for_port(program: subprocess.Popen[Any], port: int) -> None:
    """Waits until a program listens on a port.

    Raises:
        AssertionError: it ended, or does not listen within `TIMEOUT` seconds.
    """

    def listens() -> bool:
        assert program.poll() is None, f"the program for port {port} has ended"
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        return False

    wait_for(listens, f"no server listens on port {port}")
