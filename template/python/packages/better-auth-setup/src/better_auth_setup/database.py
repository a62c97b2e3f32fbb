"""Locates the database of DATABASE_URL, and checks that its server answers."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path
from urllib.parse import unquote, urlsplit

from better_auth_setup import embedded_postgres
from better_auth_setup.problem import Problem
from better_auth_setup.project import Project
from better_auth_setup.providers import Provider
from better_auth_setup.settings import Settings

_SECONDS = 5
_SQLITE_MAGIC = b"SQLite format 3\0"
# PostgreSQL's SSLRequest, to which a server answers S or N.
_SSL_REQUEST = bytes([0, 0, 0, 8, 4, 210, 22, 47])


def reach(project: Project, settings: Settings) -> str:
    """Checks that the database's server answers; without a URL, creates an embedded database.

    Returns:
        Where the database is, in words.

    Raises:
        Problem: there is no database.
    """
    if not settings.get("DATABASE_URL"):
        if project.provider.embedded:
            url = embedded_postgres.create(project.root, project.name)
        elif project.provider.is_file:
            url = "file:./dev.db"
        else:
            raise Problem(
                "DATABASE_URL in .env.local is empty; write the URL of your database there, as "
                ".env.example shows."
            )
        settings.fill_in({"DATABASE_URL": url})
    url = settings.get("DATABASE_URL")
    is_embedded = project.provider.embedded and embedded_postgres.ensure_running(project.root, url)
    where = examine(project, settings)
    return f"{where} (embedded)" if is_embedded else where


def examine(project: Project, settings: Settings) -> str:
    """Checks what answers at DATABASE_URL, and at DIRECT_URL if there is one.

    It does not log in: Prisma tries the password later.

    Returns:
        Where DATABASE_URL is, in words.

    Raises:
        Problem: nothing answers, or a server of another kind.
    """
    where = _examine(project, settings, "DATABASE_URL")
    if settings.direct_url:
        _examine(project, settings, "DIRECT_URL")
    return where


def refuse_unusable(project: Project, settings: Settings, name: str) -> None:
    """Refuses a setting whose URL the application cannot read, or is of another provider.

    Raises:
        Problem: what to change, and where it is set.
    """
    place, url, provider = settings.place(name), settings.get(name), project.provider
    if problem := _problem(url, project.root):
        raise Problem(f"{problem.replace('DATABASE_URL', name)} The value is that of {place}.")
    if url.partition(":")[0] not in provider.schemes:
        schemes = ": or ".join(provider.schemes)
        raise Problem(
            f"{place} cannot be used: a database URL for {provider.name} starts with {schemes}:."
        )


def identity(project: Project, settings: Settings, name: str) -> str:
    """A text that identifies a setting's database: its place, without the URL's other parameters.

    Raises:
        Problem: the setting's URL cannot be used.
    """
    refuse_unusable(project, settings, name)
    url = settings.get(name)
    if project.provider.is_file:
        return os.path.realpath(project.root / _file(url))
    host, port, database = _address(project, settings, name)
    is_local = re.fullmatch(r"localhost|127(\.\d+){3}|::1", host.lower())
    schema = re.search(r"[?&]schema=([^&]*)", url)
    where = "localhost" if is_local else host.lower()
    return f"{where} {port} {database} {schema[1] if schema else 'public'}"


def _examine(project: Project, settings: Settings, name: str) -> str:
    refuse_unusable(project, settings, name)
    provider = project.provider
    correct = f"correct {settings.place(name)}"
    if provider.is_file:
        return _examine_file(project.root, _file(settings.get(name)), correct)
    host, port, database = _address(project, settings, name)
    if not host.startswith("/"):
        is_ours = name == "DATABASE_URL" and host == "127.0.0.1"
        is_deleted = is_ours and not (project.root / ".postgres").exists()
        restart = (
            ", or empty it if you deleted .postgres: setup makes a new embedded PostgreSQL"
            if provider.embedded and is_deleted
            else ""
        )
        _reach(provider, host, port, correct, restart)
    return f'"{database}" on {host}:{port}' if database else f"{host}:{port}"


def _problem(url: str, root: Path) -> str:
    """The problem that the application's reader finds in the URL, if it is installed."""
    try:
        from better_auth_sidecar.database_url import DatabaseUrlError, read_database_url
    except ModuleNotFoundError:
        return ""
    try:
        read_database_url(url, root)
    except DatabaseUrlError as error:
        return str(error)
    return ""


def _file(url: str) -> str:
    return url.partition(":")[2].partition("?")[0].removeprefix("//")


def _address(project: Project, settings: Settings, name: str) -> tuple[str, int, str]:
    """The host or socket, port and database of a setting, as the application reads them."""
    try:
        return _parsed(settings.get(name), project)
    except ValueError:
        place = settings.place(name)
        raise Problem(f"{place} cannot be used: it cannot be parsed as a URL.") from None


def _parsed(url: str, project: Project) -> tuple[str, int, str]:
    provider = project.provider
    if provider.form == "properties":
        found = re.match(r"\w+://([^:;/]+)(?::(\d+))?", url)
        if not found:
            raise ValueError
        named = re.search(r"(?i);\s*(?:database|initial catalog)=([^;]*)", url)
        return found[1], int(found[2] or provider.port), named[1] if named else ""
    try:
        from better_auth_sidecar.database_url import MysqlUrl, PostgresqlUrl, read_database_url
    except ModuleNotFoundError:
        parts = urlsplit(url)
        host = parts.hostname or "localhost"
        return host, parts.port or provider.port, unquote(parts.path.removeprefix("/"))
    read = read_database_url(url, project.root)
    assert isinstance(read, (PostgresqlUrl, MysqlUrl))
    where = (read.socket if isinstance(read, MysqlUrl) else None) or read.host
    return where, read.port, read.database


def _examine_file(root: Path, name: str, correct: str) -> str:
    path = root / name
    shown = os.path.relpath(path, root)
    if not path.exists():
        parent = next(folder for folder in path.parents if folder.exists())
        if not os.access(parent, os.W_OK):
            raise Problem(f"The database {shown} cannot be created: {parent} is read-only.")
        return shown
    if not path.is_file():
        raise Problem(f"The database {shown} is not a file; {correct}.")
    if not os.access(path, os.R_OK | os.W_OK):
        raise Problem(f"The database {shown} is read-only for this user.")
    with path.open("rb") as file:
        if (header := file.read(len(_SQLITE_MAGIC))) and header != _SQLITE_MAGIC:
            raise Problem(f"{shown} is not an SQLite database; {correct}.")
    return shown


def _reach(provider: Provider, host: str, port: int, correct: str, restart: str) -> None:
    address = f"{host}:{port}"
    try:
        with socket.create_connection((host, port), timeout=_SECONDS) as connection:
            actual = _protocol(connection, provider)
    except OSError as refused:
        reason = (refused.strerror or str(refused)).rstrip(".")
        raise Problem(
            f"The database server at {address} cannot be reached ({reason}); start it or "
            f"{correct}{restart}."
        ) from None
    if actual != provider.protocol:
        found = f"is {actual}" if actual else "has another protocol"
        raise Problem(
            f"The server at {address} {found}, but the project was made for {provider.label}; "
            f"{correct}."
        )


def _protocol(connection: socket.socket, provider: Provider) -> str | None:
    """The server's protocol: MySQL sends the first packet, PostgreSQL waits for the client."""
    if provider.protocol is None:
        return None
    if provider.protocol == "PostgreSQL":
        connection.sendall(_SSL_REQUEST)
    answer = connection.recv(5)
    if answer[:1] in (b"S", b"N") and len(answer) == 1:
        return "PostgreSQL"
    # MySQL's first packet: the number 0, then the protocol version or an error.
    return "MySQL" if answer[3:4] == b"\0" and answer[4:5] in (b"\x0a", b"\xff") else None
