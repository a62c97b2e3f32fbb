"""Making, starting and stopping the server."""

from __future__ import annotations

import socket
import subprocess
import time
from dataclasses import dataclass, replace
from pathlib import Path

from better_auth_setup.embedded_postgres._files import Connection, Files, is_free, write_private
from better_auth_setup.embedded_postgres._process import disown, running
from better_auth_setup.embedded_postgres._programs import Account, last_line, run
from better_auth_setup.problem import Problem

START_SECONDS = 60
#: How long the processes of a killed server may take to notice that it is gone.
ORPHAN_SECONDS = 15
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # Sockets have length limits and owners; TCP works for asyncpg and Prisma alike.
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


@dataclass(frozen=True)
class Status:
    """Whether the server runs, and where it listens or would listen."""

    exists: bool
    running: bool
    port: int | None


def status(project_root: Path) -> Status:
    """Looks, and changes nothing.

    Raises:
        Problem: its connection file cannot be read.
    """
    files = Files.of(project_root)
    connection = files.read_connection()
    if connection is None or not files.data.exists():
        return Status(exists=False, running=False, port=None)
    postmaster = running(files.data)
    port = postmaster.port if postmaster and postmaster.port else connection.port
    return Status(exists=True, running=postmaster is not None, port=port)


def is_embedded(project_root: Path, database_url: str) -> bool:
    """Whether a connection URL means the embedded server of this project."""
    return _connection(project_root, database_url) is not None


def remembered_url(project_root: Path) -> str | None:
    """The connection URL of the server that was made for this project, if one was."""
    connection = Files.of(project_root).read_connection()
    return connection.url if connection else None


def create(project_root: Path, database: str) -> str:
    """Makes the server and its empty database unless they exist, and starts it.

    Args:
        project_root: the project's folder; the data goes into its ``.postgres``.
        database: what the database is called if it has to be made.

    Returns:
        The connection URL, with its password.

    Raises:
        Problem: it cannot be made or started.
    """
    files = Files.of(project_root)
    with files.locked():
        connection = files.read_connection()
        if connection is None:
            if files.data.exists():
                raise Problem(
                    f"{files.data} holds a database, but connection.json beside it, with its "
                    "password, is gone; restore it, or remove the folder to start empty."
                )
            connection = Connection.invent(database)
            files.write_connection(connection)
        _start(files, connection)
    return connection.url


def start(project_root: Path) -> None:
    """Starts the server that was made earlier; does nothing if it runs.

    Raises:
        Problem: there is none, or it cannot be started.
    """
    files = Files.of(project_root)
    connection = files.read_connection()
    if connection is None:
        raise Problem(
            "This project has no embedded PostgreSQL; setup makes one when DATABASE_URL is empty."
        )
    with files.locked():
        _start(files, connection)


def ensure_running(project_root: Path, database_url: str) -> bool:
    """Starts the embedded server if the URL means it and it is down.

    For the start of a development server: it takes less than a millisecond when there is nothing to
    do. The port is the URL's, so editing the URL moves the server.

    Returns:
        Whether the URL means the embedded server of this project, which now runs.

    Raises:
        Problem: it cannot be started.
    """
    connection = _connection(project_root, database_url)
    if connection is None:
        return False
    files = Files.of(project_root)
    if not _is_up(files, connection):
        with files.locked():
            _start(files, connection)
    return True


def stop(project_root: Path) -> bool:
    """Stops the server; sessions that are open are rolled back.

    Returns:
        Whether it was running.

    Raises:
        Problem: it does not stop.
    """
    files = Files.of(project_root)
    if not files.data.exists():
        return False
    with files.locked():
        if running(files.data) is None:
            return False
        _stop(files)
        return True


def _connection(project_root: Path, database_url: str) -> Connection | None:
    stored = Files.of(project_root).read_connection()
    return stored.named_by(database_url) if stored else None


def _is_up(files: Files, connection: Connection) -> bool:
    postmaster = running(files.data)
    return postmaster is not None and postmaster.port == connection.port and _accepts(connection)


def _accepts(connection: Connection) -> bool:
    try:
        socket.create_connection(("127.0.0.1", connection.port), timeout=5).close()
    except OSError:
        return False
    return True


def _start(files: Files, connection: Connection) -> None:
    """Brings the server up on the connection's port, whatever state it was left in."""
    account = Account.for_folder(files.folder)
    if not files.data.exists():
        _initialize(files, connection, account)
    account = Account.for_folder(files.data)
    if not _is_up(files, connection):
        if running(files.data) is not None:
            _stop(files)  # on another port, or not yet, or no longer, accepting connections
        if not is_free(connection.port):
            raise Problem(
                f"Port {connection.port}, where the embedded PostgreSQL should listen, is in use; "
                "end the program that uses it, or change the port in DATABASE_URL (.env.local)."
            )
        _launch(files, connection, account)
    stored = files.read_connection()
    if stored and stored.port != connection.port:
        files.write_connection(replace(stored, port=connection.port))
    _create_database(connection)


def _initialize(files: Files, connection: Connection, account: Account) -> None:
    """Makes the data directory; a crash half-way leaves nothing that counts."""
    with files.unfinished_data() as draft:
        account.give(draft)
        write_private(files.password, connection.password + "\n")
        account.give(files.password)
        try:
            result = run(
                "initdb",
                [
                    f"--pgdata={draft}",
                    f"--username={connection.user}",
                    f"--pwfile={files.password}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--locale=C",
                    *(f"--set={name}={value}" for name, value in SETTINGS.items()),
                ],
                account=account,
            )
        finally:
            files.password.unlink()
        if result.returncode:
            raise Problem(
                f"The embedded PostgreSQL cannot be made in {files.folder}: "
                f"{last_line(result.stdout)}."
            )
        draft.rename(files.data)


def _launch(files: Files, connection: Connection, account: Account) -> None:
    deadline = time.monotonic() + ORPHAN_SECONDS
    while True:
        disown(files.data)
        try:
            # pg_ctl takes the server out of our session, so that it outlives us and the terminal.
            result = run(
                "pg_ctl",
                [
                    *("start", "--wait", f"--timeout={START_SECONDS}"),
                    *(f"--pgdata={files.data}", f"--log={files.log}"),
                    f"--options=-p {connection.port}",
                ],
                account=account,
                timeout=START_SECONDS + 30,
            )
        except subprocess.TimeoutExpired:
            raise Problem(
                f"The embedded PostgreSQL does not start within {START_SECONDS} seconds; see "
                f"{files.log}."
            ) from None
        if result.returncode == 0:
            return
        said = _log_tail(files) or result.stdout
        orphans = "still in use" in said or "already exists" in said
        if not orphans or time.monotonic() > deadline:
            raise Problem(
                f"The embedded PostgreSQL does not start: {last_line(said)}; see {files.log}."
            )
        time.sleep(0.2)


def _log_tail(files: Files) -> str:
    try:
        return files.log.read_text(errors="replace")[-4000:]
    except OSError:
        return ""


def _stop(files: Files) -> None:
    account = Account.for_folder(files.data)
    result = run(
        "pg_ctl",
        ["stop", "--wait", "--mode=fast", "--timeout=30", f"--pgdata={files.data}"],
        account=account,
    )
    if result.returncode and running(files.data) is not None:
        raise Problem(f"The embedded PostgreSQL does not stop: {last_line(result.stdout)}.")


def _create_database(connection: Connection) -> None:
    """Makes the database unless it is there."""
    result = run(
        "createdb",
        [
            *("--host=127.0.0.1", f"--port={connection.port}", "--no-password"),
            *(f"--username={connection.user}", "--maintenance-db=postgres"),
            connection.database,
        ],
        environment={"PGPASSWORD": connection.password},
    )
    if result.returncode and "already exists" not in result.stdout:
        raise Problem(
            f"The embedded PostgreSQL cannot make the database {connection.database}: "
            f"{last_line(result.stdout)}."
        )
