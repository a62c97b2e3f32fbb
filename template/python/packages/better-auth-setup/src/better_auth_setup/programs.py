"""Running other programs: quietly, with their output at hand for when they fail."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from better_auth_setup.console import last_words
from better_auth_setup.project import ROOT

_UNREACHABLE = re.compile(
    r"ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|EHOSTUNREACH|ENETUNREACH|"
    r"connection refused|error sending request|dns error|client error \(connect\)|"
    r"name or service not known|name resolution|failed to establish a new connection|"
    r"newconnectionerror|connection error|operation timed out|timed out",
    re.IGNORECASE,
)


_running: set[subprocess.Popen[str]] = set()


@dataclass(frozen=True)
class Result:
    status: int
    output: str

    @property
    def reason(self) -> str:
        """Why it failed, in the program's own words."""
        return last_words(self.output)

    @property
    def is_unreachable(self) -> bool:
        """Whether it failed because a server on the network could not be reached."""
        return bool(_UNREACHABLE.search(self.output))


def environment(**changes: str) -> dict[str, str]:
    """Our environment with changes; without what belongs to other virtual environments."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "SETUP_LOCKS")
    }
    return {**inherited, **changes}


def run(
    command: Sequence[str | Path],
    *,
    lock: int | None,
    env: Mapping[str, str],
    directory: Path = ROOT,
) -> Result:
    """Runs a program to its end. It holds `lock` as long as it lives, even if we are killed."""
    program = subprocess.Popen(
        [str(word) for word in command],
        cwd=directory,
        env=env,
        pass_fds=() if lock is None else (lock,),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    _running.add(program)
    try:
        output, _ = program.communicate()
    finally:
        _running.discard(program)
    return Result(program.returncode, output)


def end_all() -> None:
    """Ends the programs that other threads are waiting for."""
    for program in list(_running):
        program.terminate()
