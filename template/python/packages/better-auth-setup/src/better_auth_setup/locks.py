"""One setup at a time, also after one was killed."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from better_auth_setup.console import Console, Problem
from better_auth_setup.project import ROOT

_HERE = Path(__file__).resolve().parent
_ORPHAN_SECONDS = 120

#: Held by setup itself: whoever finds it taken has a living setup before it.
_SETUP_FILE = ROOT / "scripts" / "setup.py"
#: Held by setup and by the programs it runs: they may outlive a setup that was killed.
_PROGRAMS_FILE = _HERE / "__init__.py"


class Locks:
    """The locks are on the files of setup itself, so there is nothing to clean up."""

    def __init__(self, setup: int, programs: int) -> None:
        self.better_auth_setup = setup
        self.programs = programs

    @classmethod
    def take(cls, console: Console) -> Locks:
        """Takes both locks; waits for what a killed setup left running.

        Raises:
            Problem: another setup is running.
        """
        setup = os.open(_SETUP_FILE, os.O_RDONLY)
        try:
            fcntl.flock(setup, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Problem(
                "Another setup is running in this folder; wait until it has finished."
            ) from None
        programs = os.open(_PROGRAMS_FILE, os.O_RDONLY)
        deadline = time.monotonic() + _ORPHAN_SECONDS
        waiting = False
        while True:
            try:
                fcntl.flock(programs, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return cls(setup, programs)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Problem(
                        "An installer that an interrupted setup started is still running; end it "
                        "and run setup again."
                    ) from None
            if not waiting:
                console.say("  waiting for the installer that an interrupted setup left running")
                waiting = True
            time.sleep(0.2)

    @classmethod
    def inherited(cls, value: str) -> Locks:
        """The locks that `hand_over` put into the environment."""
        setup, programs = map(int, value.split(","))
        for file in (setup, programs):
            os.set_inheritable(file, False)
        return cls(setup, programs)

    def hand_over(self) -> str:
        """Lets the program that replaces this one keep the locks."""
        for file in (self.better_auth_setup, self.programs):
            os.set_inheritable(file, True)
        return f"{self.better_auth_setup},{self.programs}"
