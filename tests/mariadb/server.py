"""A real MariaDB: the installed one, or Debian's, unpacked without installing it."""

from __future__ import annotations

import getpass
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hooks.servers import free_port
from tests import debian
from tests.waiting import TIMEOUT, wait_for_port

#: Libraries of Debian's server that not every Debian has.
_LIBRARIES = ("libaio", "liburing", "libnuma")


@dataclass(frozen=True)
class Programs:
    """The paths of a MariaDB server and its system tables."""

    server: Path
    share: Path
    libraries: Path | None = None

    def environment(self) -> dict[str, str]:
        found = {"LD_LIBRARY_PATH": str(self.libraries)} if self.libraries else {}
        return {**os.environ, **found}

    def command(self, data: Path, *arguments: str) -> list[str]:
        return [
            str(self.server),
            "--no-defaults",
            f"--datadir={data}",
            f"--lc-messages-dir={self.share}",
            f"--user={getpass.getuser()}",  # without it, root is refused
            *arguments,
        ]


@cache
def programs() -> Programs:
    """The programs of a MariaDB.

    Raises:
        DebianError: none is installed, and apt cannot download one.
    """
    installed = shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin")
    if installed:
        return _programs(Path(installed).resolve())
    unpacked = debian.unpacked("mariadb-server-core", _LIBRARIES)
    [libraries] = {found.parent for found in unpacked.glob("usr/lib/*/libaio.so.1*")}
    return _programs(unpacked / "usr" / "sbin" / "mariadbd", libraries)


def _programs(server: Path, libraries: Path | None = None) -> Programs:
    [tables] = server.parents[1].glob("share/*/*_system_tables.sql")
    return Programs(server, tables.parent, libraries)


@contextmanager
def running(folder: Path, *options: str) -> Iterator[str]:
    """Runs a MariaDB with its data in ``folder``; yields the URL of an empty database.

    Args:
        folder: an empty folder.
        options: further options of the server.
    """
    found = programs()
    data, log, password = folder / "data", folder / "log", secrets.token_urlsafe(16)
    data.mkdir()
    definitions = sorted(found.share.glob("*_system_tables*.sql"))
    script = [
        "CREATE DATABASE mysql;\nUSE mysql;\n",
        *(file.read_text() for file in definitions),
        "FLUSH PRIVILEGES;\n"
        "CREATE DATABASE app CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;\n",
        # By TCP and by the socket.
        *(
            f"CREATE USER app@'{host}' IDENTIFIED BY '{password}';\n"
            f"GRANT ALL ON *.* TO app@'{host}';\n"
            for host in ("127.0.0.1", "localhost")
        ),
    ]
    port = free_port()
    listen = [f"--socket={folder / 'socket'}", "--bind-address=127.0.0.1", f"--port={port}"]
    with log.open("w") as output:
        bootstrap = found.command(data, "--bootstrap")
        subprocess.run(
            bootstrap,
            input="".join(script),
            env=found.environment(),
            text=True,
            stdout=output,
            stderr=output,
            check=True,
        )
        # A time zone other than UTC reveals code that depends on it.
        command = found.command(data, "--default-time-zone=+13:00", *listen, *options)
        server = subprocess.Popen(command, env=found.environment(), stdout=output, stderr=output)
        try:
            _wait(server, port, log)
            yield f"mysql://app:{password}@127.0.0.1:{port}/app"
        finally:
            server.terminate()
            server.wait(timeout=TIMEOUT)


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    try:
        wait_for_port(server, port)
    except AssertionError as error:
        raise AssertionError(f"MariaDB did not start: {log.read_text()}") from error
