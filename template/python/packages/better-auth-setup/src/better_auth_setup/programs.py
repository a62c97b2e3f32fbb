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
#: npm's error codes and logs, and what Node.js prints of an error besides its message.
_NOISE = re.compile(
    r"(code|errno|syscall|path|dest) |node_modules/|A complete log|Log files were not|"
    r"You can rerun the command|For a full report|\S+/_logs/|at |\w+: .*,$|type: |dest: |\}$"
)
#: What uv draws before its reasons.
_BRANCHES = "\N{MULTIPLICATION SIGN}\u2570\u2500\u25b6 "
#: The first line after a reason.
_END = re.compile(r"at |-----|Waiting for the debugger")
_ERROR_LINE = re.compile(rf"(error|fatal)\b|{_BRANCHES[0]}", re.IGNORECASE)
_PREFIX = re.compile(r"^(nospc|notarget|notsup|engine|network|JSON\.parse|40[34])( +|$)")

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
        return indented(_reason(self.output))

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
    code = next((line[5:] for line in npm if re.match(r"code [A-Z]", line)), "")
    npm = [_PREFIX.sub("", line) for line in npm if not _NOISE.match(line)]
    if npm := list(filter(None, npm))[:_REASON_LINES]:
        code = "" if npm[0].startswith(code) else f"{code}: "
        return [f"{code}{npm[0]}", *npm[1:]]
    errors = [n for n, line in enumerate(lines) if _ERROR_LINE.match(line)]
    if errors:
        rest = lines[errors[0] :]
        # uv's tree of reasons has empty lines.
        is_tree = rest[0].startswith(_BRANCHES[0])
        end = [n for n, line in enumerate(rest) if n and (not line or _END.match(line))]
        lines = rest if is_tree else rest[: end[0] if end else None]
    lines = [line.lstrip(_BRANCHES) for line in lines if re.search(r"\w", line)]
    reason = (lines[:_REASON_LINES] if errors else lines[-1:]) or ["there was no output"]
    reason[0] = re.sub(r"^error:?\s*", "", reason[0], flags=re.IGNORECASE)
    return [*reason[:-1], reason[-1].rstrip(".")]


def indented(lines: list[str]) -> str:
    """Lines as a part of a message: a single one as it is, several below it."""
    return lines[0] if len(lines) == 1 else "".join(f"\n      {line}" for line in lines)
