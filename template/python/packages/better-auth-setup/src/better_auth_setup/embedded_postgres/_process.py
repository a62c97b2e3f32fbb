"""Whether the server of a data directory runs, also after it or the machine was killed."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

#: More than any operating system hands out.
NO_PROCESS = 2**31 - 2


@dataclass(frozen=True)
class Postmaster:
    """What ``postmaster.pid`` says."""

    pid: int
    port: int | None

    @classmethod
    def read(cls, data: Path) -> Postmaster | None:
        try:
            lines = (data / "postmaster.pid").read_text().splitlines()
            return cls(int(lines[0]), int(lines[3]) if len(lines) > 3 else None)
        except (OSError, ValueError, IndexError):
            return None

    @property
    def is_process(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except (PermissionError, OverflowError):
            pass
        return True

    def serves(self, data: Path) -> bool:
        """Whether the process is the server of this data, not another one with its old number."""
        return self.is_process and str(data) in command_line(self.pid)


def command_line(pid: int) -> str:
    """The command line of a process; empty if it is gone."""
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return os.fsdecode(b" ".join(arguments))
    except OSError:
        pass
    ps = shutil.which("ps")
    if ps is None or Path("/proc/self").exists():
        return ""
    command = [ps, "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def running(data: Path) -> Postmaster | None:
    """The server of this data directory, if it runs."""
    postmaster = Postmaster.read(data)
    return postmaster if postmaster and postmaster.serves(data) else None


def disown(data: Path) -> None:
    """Corrects a ``postmaster.pid`` whose number now belongs to another program.

    PostgreSQL would take that program for a running server. The file itself stays: by its other
    lines PostgreSQL notices processes that outlived a killed server.
    """
    postmaster = Postmaster.read(data)
    if postmaster is None or not postmaster.is_process or postmaster.serves(data):
        return
    path = data / "postmaster.pid"
    lines = path.read_text().splitlines(keepends=True)
    with path.open("r+") as file:
        file.write("".join([f"{NO_PROCESS}\n", *lines[1:]]))
        file.truncate()
