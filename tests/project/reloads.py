"""Edits that a server has to follow."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.waiting import wait_for


def save_until(save: Callable[[], object], is_served: Callable[[], bool]) -> None:
    """Saves a file, again from time to time, until the server has followed the edit.

    A watcher misses a save before it knows the file that the last one has made. Each pause is
    twice as long as the last one, as a save interrupts a slow restart.

    Raises:
        AssertionError: it never has.
    """
    pause, next_save = 5.0, time.monotonic()

    def is_followed() -> bool:
        nonlocal pause, next_save
        if time.monotonic() >= next_save:
            save()
            pause, next_save = 2 * pause, time.monotonic() + pause
        return is_served()

    wait_for(is_followed, "the edit was not served")
