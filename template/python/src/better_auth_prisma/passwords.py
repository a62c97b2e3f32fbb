"""Hashing passwords without holding up other requests.

better-auth-server computes scrypt, about 50 ms of work, on the event loop: it verifies passwords
in plain functions, which cannot wait for a thread. In a greenlet they can, as SQLAlchemy's do.
"""

from __future__ import annotations

import asyncio
import os
import types
from collections.abc import Coroutine, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

from better_auth import crypto
from sqlalchemy.util.concurrency import await_only, greenlet_spawn, in_greenlet

Result = TypeVar("Result")

# One processor is left to the event loop.
_THREADS = ThreadPoolExecutor(max(1, (os.cpu_count() or 2) - 1), thread_name_prefix="scrypt")
_scrypt = crypto._scrypt


async def hashing_in_threads(work: Coroutine[Any, Any, Result]) -> Result:
    """Runs ``work``, in which better-auth-server leaves the event loop to others while it hashes.

    The work stays in its task, its context and its event loop; scrypt alone does not.
    """
    # Each hash of the package goes through this one function, which no option replaces.
    crypto._scrypt = _scrypt_in_thread
    return cast(Result, await greenlet_spawn(_drive, work))


def _scrypt_in_thread(password: str, salt_hex: str) -> bytes:
    if not in_greenlet():
        return _scrypt(password, salt_hex)
    loop = asyncio.get_running_loop()
    return await_only(loop.run_in_executor(_THREADS, _scrypt, password, salt_hex))


def _drive(work: Coroutine[Any, Any, Result]) -> Result:
    """Takes the place of ``await``, in a greenlet."""
    resume, value = work.send, cast(Any, None)
    while True:
        try:
            waited_for = resume(value)
        except StopIteration as end:
            return cast(Result, end.value)
        try:
            resume, value = work.send, await_only(_wait(waited_for))
        except BaseException as error:  # a cancellation, too, belongs to the work
            resume, value = work.throw, error


@types.coroutine
def _wait(waited_for: object) -> Generator[object, Any, Any]:
    return (yield waited_for)
