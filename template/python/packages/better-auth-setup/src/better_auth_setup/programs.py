"""Runs other programs, capturing their output for error messages."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_UNREACHABLE = re.compile(
    r"ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|EHOSTUNREACH|ENETUNREACH", re.IGNORECASE
)
#: Variables of another virtual environment, or for this process only.
_NOT_INHERITED = ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "SETUP_LOCKS")
_REASON_LINES = 8
_NO_REASON = re.compile(r"code |path |node_modules/|A complete log|\S+/_logs/")

_running: set[subprocess.Popen[str]] = set()
_lock: int | None = None


@dataclass(frozen=True)
class Result:
    """The exit status of a program, and its combined output."""

    status: int
    output: str

    @property
    def reason(self) -> str:
        """Why it failed, in the program's own words; several lines are indented."""
        return _indented(_reason(self.output))

    @property
    def is_unreachable(self) -> bool:
        """Whether it failed because a server on the network could not be reached."""
        return bool(_UNREACHABLE.search(self.output))


def hold_lock(file: int) -> None:
    """Lets all child processes started from now on inherit a lock."""
    global _lock
    _lock = file


def environment(**changes: str) -> dict[str, str]:
    """This process's environment with changes, without variables of other virtual environments."""
    inherited = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
    return {**inherited, **changes}


def run(command: Sequence[str | Path], *, env: Mapping[str, str], directory: Path) -> Result:
    """Runs a program to its end, without a shell and without input."""
    program = subprocess.Popen(
        [str(word) for word in command],
        cwd=directory,
        env=env,
        pass_fds=() if _lock is None else (_lock,),
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
    """Terminates the programs that other threads are waiting for."""
    for program in list(_running):
        program.terminate()


def _reason(output: str) -> list[str]:
    lines = [re.sub(r"\x1b\[[\d;]*m", "", line).strip() for line in output.splitlines()]
    # npm's first line is an error code, its last one the path of a log; the reason is in between.
    npm = [line[9:].strip() for line in lines if line.startswith("npm error")]
    npm = [line for line in npm if line and not _NO_REASON.match(line)]
    if npm:
        return npm[:_REASON_LINES]
    lines = [line for line in lines if re.search(r"\w", line)]
    telling = [line for line in lines if re.match(r"(error|fatal)\b", line, re.IGNORECASE)]
    line = (telling or lines[-1:] or ["it said nothing"])[0]
    return [re.sub(r"^error:?\s*", "", line, flags=re.IGNORECASE).rstrip(".")]


def _indented(lines: list[str]) -> str:
    return lines[0] if len(lines) == 1 else "".join(f"\n      {line}" for line in lines)
