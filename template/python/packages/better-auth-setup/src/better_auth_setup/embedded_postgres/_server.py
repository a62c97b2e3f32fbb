"""Creates, starts and stops the server."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from better_auth_setup.embedded_postgres._connection import USER, Connection, is_free
from better_auth_setup.embedded_postgres._programs import Account, Programs, last_lines
from better_auth_setup.locks import lock
from better_auth_setup.problem import Problem

_START_SECONDS = 60
_STOP_SECONDS = 30
#: Seconds until the processes of a killed server have noticed and ended.
_ORPHAN_SECONDS = 15
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # TCP only: unix sockets have length limits and owners, and not all drivers support them.
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
#: More than the largest process id.
_NO_PROCESS = 2**31 - 2

#: Servers started by this process, which have to be reaped when they end.
_children: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class Status:
    """Whether the server runs, and its port."""

    exists: bool
    running: bool
    port: int | None


def status(root: Path) -> Status:
    """The server's status; changes nothing.

    Raises:
        Problem: its connection file cannot be read.
    """
    connection = Connection.read(_folder(root))
    if connection is None or not _data(root).exists():
        return Status(exists=False, running=False, port=None)
    pid, port = _postmaster(_data(root))
    return Status(exists=True, running=pid is not None, port=port or connection.port)


def is_embedded(root: Path, database_url: str) -> bool:
    """Whether a connection URL names this project's embedded server."""
    stored = Connection.read(_folder(root))
    return stored is not None and stored.port_of(database_url) is not None


def create(root: Path, database: str) -> str:
    """Creates the server and an empty database unless they exist, and starts the server.

    Args:
        root: the project's folder; the data goes into its ``.postgres``.
        database: the name for a new database.

    Returns:
        The connection URL, with its password.

    Raises:
        Problem: it cannot be created or started.
    """
    with _locked(root) as folder:
        connection = Connection.read(folder)
        if connection is None:
            if _data(root).exists():
                raise Problem(
                    f"{_data(root)} holds a database, but connection.json beside it, with its "
                    "password, is gone; restore it, or remove the folder to start empty."
                )
            connection = Connection.invent(database)
            connection.write(folder)
        _start(root, connection)
    return connection.url


def start(root: Path) -> None:
    """Starts an existing server; does nothing if it runs.

    Raises:
        Problem: there is none, or it cannot be started.
    """
    connection = Connection.read(_folder(root))
    if connection is None:
        raise Problem(
            "This project has no embedded PostgreSQL; setup makes one when DATABASE_URL is empty."
        )
    with _locked(root):
        _start(root, connection)


def ensure_running(root: Path, database_url: str) -> bool:
    """Starts the embedded server if the URL names it and it is stopped.

    The server uses the URL's port, so editing the URL moves it.

    Returns:
        Whether the URL names this project's embedded server.

    Raises:
        Problem: it cannot be started.
    """
    stored = Connection.read(_folder(root))
    port = stored.port_of(database_url) if stored else None
    if stored is None or port is None:
        return False
    connection = replace(stored, port=port)
    if not _is_up(_data(root), connection):
        with _locked(root):
            _start(root, connection)
    return True


def stop(root: Path) -> bool:
    """Stops the server; open transactions are rolled back.

    Returns:
        Whether it was running.

    Raises:
        Problem: it does not stop.
    """
    if not _data(root).exists():
        return False
    with _locked(root) as folder:
        was_running = _stop(_data(root))
        Programs.forget_copy(folder)
        return was_running


def _folder(root: Path) -> Path:
    return root.resolve() / ".postgres"


def _data(root: Path) -> Path:
    return _folder(root) / "data"


@contextmanager
def _locked(root: Path) -> Iterator[Path]:
    """Waits for other processes that start or stop the server.

    Raises:
        Problem: they take too long, or the folder is read-only.
    """
    folder = _folder(root)
    try:
        folder.mkdir(mode=0o755, exist_ok=True)
        (folder / "lock").touch(mode=0o600)
        busy = f"Another process has been working on {folder} for a minute; end it and try again."
        file = lock(folder / "lock", _START_SECONDS, busy)
    except OSError as error:
        raise Problem(
            f"The embedded PostgreSQL cannot write to {folder}: {error.strerror}."
        ) from None
    try:
        yield folder
    finally:
        os.close(file)


def _postmaster(data: Path) -> tuple[int | None, int | None]:
    """The server's process id and port, if it runs."""
    for child in _children:
        child.poll()
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        pid, port = int(lines[0]), int(lines[3])
    except (OSError, ValueError, IndexError):
        return None, None
    return (pid, port) if _serves(pid, data) else (None, None)


def _serves(pid: int, data: Path) -> bool:
    """Whether a process is this data's server: its id may have been reused."""
    process = Path(f"/proc/{pid}")
    if not Path("/proc/self").exists():
        command = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return "postgres" in done.stdout
    try:
        return (process / "cwd").readlink() == data
    except PermissionError:  # owned by another user
        return b"postgres" in (process / "cmdline").read_bytes()
    except OSError:
        return False


def _is_up(data: Path, connection: Connection) -> bool:
    pid, port = _postmaster(data)
    if pid is None or port != connection.port:
        return False
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def _start(root: Path, connection: Connection) -> None:
    """Starts the server on the connection's port, from any state that it was left in."""
    folder, data = _folder(root), _data(root)
    if not data.exists():
        _initialize(folder, connection)
    if not _is_up(data, connection):
        _stop(data)  # it listens on another port, or is starting or stopping
        if not is_free(connection.port):
            raise Problem(
                f"Port {connection.port}, where the embedded PostgreSQL should listen, is in use; "
                "end the program that uses it, or change the port in DATABASE_URL (.env.local)."
            )
        _launch(data, connection.port)
    stored = Connection.read(folder)
    if stored and stored.port != connection.port:
        replace(stored, port=connection.port).write(folder)


def _initialize(folder: Path, connection: Connection) -> None:
    """Creates the data directory atomically: a crash leaves no half-made one."""
    account = Account.for_folder(folder)
    prefix = "data.unfinished-"
    for abandoned in folder.glob(f"{prefix}*"):
        # The initdb of a killed setup may still write to it.
        deadline = time.monotonic() + 5
        while abandoned.exists() and time.monotonic() < deadline:
            shutil.rmtree(abandoned, ignore_errors=True)
    # A random name: the initdb of a killed setup may still write to another one.
    draft = Path(tempfile.mkdtemp(prefix=prefix, dir=folder))
    try:
        account.own(draft)
        programs = Programs.for_server(folder, account)
        settings = [f"--set={name}={value}" for name, value in _SETTINGS.items()]
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        access = ["--username=postgres", "--auth=trust", "--builtin-locale=C.UTF-8"]
        programs.run("initdb", *access, *locale, *settings, data=draft)
        only = f"host all {USER} 127.0.0.1/32 scram-sha-256\n"
        (draft / "pg_hba.conf").write_text(only)
        database = connection.database.replace('"', '""')
        statements = (
            f"CREATE ROLE {USER} LOGIN CREATEDB PASSWORD '{connection.password}'\n"
            f'CREATE DATABASE "{database}" OWNER {USER}\n'
        )
        programs.run("postgres", "--single", "postgres", data=draft, text=statements)
        draft.rename(folder / "data")
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _launch(data: Path, port: int) -> None:
    account = Account.for_folder(data)
    programs = Programs.for_server(data.parent, account)
    deadline = time.monotonic() + _ORPHAN_SECONDS
    while True:
        _disown(data)
        with (data / "server.log").open("ab") as log:
            account.own(data / "server.log")
            began = log.tell()
            server = programs.start("postgres", "-p", str(port), data=data, output=log)
        _children.append(server)
        if _is_ready(server, data):
            return
        text = (data / "server.log").read_bytes()[began:].decode(errors="replace")
        orphans = "still in use" in text or "already exists" in text
        if not orphans or time.monotonic() > deadline:
            raise Problem(
                f"The embedded PostgreSQL does not start: {last_lines(text)}.\n"
                f"See {data / 'server.log'}."
            )
        time.sleep(0.2)


def _is_ready(server: subprocess.Popen[bytes], data: Path) -> bool:
    """Waits until the server accepts connections; False if it ended instead."""
    deadline = time.monotonic() + _START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            lines = (data / "postmaster.pid").read_text().splitlines()
        except OSError:
            lines = []
        if len(lines) > 7 and lines[0] == str(server.pid) and lines[7].strip() == "ready":
            return True
        time.sleep(0.02)
    server.kill()
    return False


def _disown(data: Path) -> None:
    """Corrects a ``postmaster.pid`` whose process id was reused by another program.

    PostgreSQL would take that program for a running server, for example after a container's
    restart. The file is kept: its other lines let PostgreSQL detect processes that outlived a
    killed server.
    """
    path = data / "postmaster.pid"
    try:
        _, *rest = path.read_text().splitlines(keepends=True) or [""]
    except FileNotFoundError:
        return
    if _postmaster(data)[0] is None:
        path.write_text("".join([f"{_NO_PROCESS}\n", *rest]))


def _stop(data: Path) -> bool:
    pid, _ = _postmaster(data)
    if pid is None:
        return False
    with suppress(ProcessLookupError):  # another command stopped it
        os.kill(pid, signal.SIGINT)  # PostgreSQL's fast shutdown
    deadline = time.monotonic() + _STOP_SECONDS
    while _postmaster(data)[0] is not None:
        if time.monotonic() > deadline:
            raise Problem(f"The embedded PostgreSQL does not stop; see {data / 'server.log'}.")
        time.sleep(0.02)
    return True
