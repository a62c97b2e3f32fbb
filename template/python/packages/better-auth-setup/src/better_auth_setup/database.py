"""Whether the database can be reached, and if not, why."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from better_auth_prisma.database_url import DatabaseUrlError, create_prisma_engine

from better_auth_setup.console import Problem
from better_auth_setup.project import ROOT

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

_LABELS = {"postgresql": "PostgreSQL", "cockroachdb": "CockroachDB", "mysql": "MySQL"}
_PORTS = {"postgresql": 5432, "cockroachdb": 26257, "mysql": 3306}
_SECONDS = 5
_CORRECT = "correct DATABASE_URL in .env.local"
_SQLITE_MAGIC = b"SQLite format 3\0"

# What PostgreSQL's clients ask first: whether the server has TLS. It answers with S or N.
_SSL_REQUEST = bytes([0, 0, 0, 8, 4, 210, 22, 47])

_WRONG_PASSWORD = {"28P01", 1045}
_REFUSED = {"28000", "42501", 1044}
_MISSING = {"3D000", 1049}


def examine(provider: str, url: str) -> str:
    """Connects to the database; says where it is, and whether it has yet to be created.

    Raises:
        Problem: the database cannot be used.
    """
    try:
        engine = create_prisma_engine(url, provider=provider, root=ROOT)
    except DatabaseUrlError as error:
        raise Problem(f"DATABASE_URL in .env.local cannot be used: {error}.") from None
    if provider == "sqlite":
        return _examine_file(Path(engine.url.database or ""))
    return asyncio.run(_examine_server(provider, engine))


def _examine_file(path: Path) -> str:
    shown = os.path.relpath(path, ROOT)
    if not path.exists():
        parent = next(folder for folder in path.parents if folder.exists())
        if not os.access(parent, os.W_OK):
            raise Problem(f"The database {shown} cannot be created: {parent} is read-only.")
        return f"{shown}, to be created"
    if not path.is_file():
        raise Problem(f"The database {shown} is not a file; {_CORRECT}.")
    try:
        with path.open("rb") as file:
            header = file.read(len(_SQLITE_MAGIC))
    except OSError as error:
        raise Problem(f"The database {shown} cannot be read: {error.strerror}.") from None
    if header and header != _SQLITE_MAGIC:
        raise Problem(f"{shown} is not an SQLite database; {_CORRECT}.")
    if not os.access(path, os.W_OK):
        raise Problem(f"The database {shown} is read-only for this user.")
    return shown


async def _examine_server(provider: str, engine: AsyncEngine) -> str:
    url = engine.url
    host, port = url.host or "localhost", url.port or _PORTS[provider]
    address = f"{host}:{port}"
    try:
        version = await asyncio.wait_for(_version(engine), _SECONDS)
    except Exception as error:
        codes = set(_codes(error))
        if codes & _MISSING:
            return f'"{url.database}" on {address}, to be created'
        if codes & _WRONG_PASSWORD:
            raise Problem(
                f'The database server at {address} does not accept the password of "{url.username}"'
                f"; {_CORRECT}."
            ) from None
        _explain(provider, host, port, error)
        if codes & _REFUSED:
            raise Problem(
                f'The database server at {address} does not let "{url.username}" use the database '
                f'"{url.database}"; grant it, or {_CORRECT}.'
            ) from None
        raise Problem(
            f"The database at {address} cannot be used: {_reason(error)}; {_CORRECT}."
        ) from None
    finally:
        await engine.dispose()
    if provider != "mysql":
        actual = "CockroachDB" if "CockroachDB" in version else "PostgreSQL"
        if actual != _LABELS[provider]:
            raise _wrong_server(provider, address, actual)
    return f'"{url.database}" on {address}'


async def _version(engine: AsyncEngine) -> str:
    async with engine.connect() as connection:
        return str((await connection.exec_driver_sql("SELECT version()")).scalar_one())


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = getattr(cause, "orig", None) or cause.__cause__ or cause.__context__


def _codes(error: BaseException) -> Iterator[str | int]:
    """The error codes of the server: SQLSTATE, or MySQL's numbers."""
    for cause in _causes(error):
        state = getattr(cause, "sqlstate", None)
        if isinstance(state, str):
            yield state
        if cause.args and isinstance(cause.args[0], int):
            yield cause.args[0]


def _reason(error: BaseException) -> str:
    cause = list(_causes(error))[-1]
    text = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
    return (text or type(cause).__name__).splitlines()[0].rstrip(".")


def _explain(provider: str, host: str, port: int, error: BaseException) -> None:
    """
    Raises:
        Problem: there is no server at the address, or one of another kind.
    """
    if host.startswith("/"):
        return
    address = f"{host}:{port}"
    try:
        with socket.create_connection((host, port), timeout=_SECONDS) as connection:
            actual = _kind(connection, provider)
    except OSError as refused:
        reason = (refused.strerror or str(refused)).rstrip(".")
        raise Problem(
            f"The database server at {address} cannot be reached ({reason}); "
            f"start it or {_CORRECT}."
        ) from None
    expected = "MySQL" if provider == "mysql" else "PostgreSQL"
    if actual != expected:
        raise _wrong_server(provider, address, actual)


def _kind(connection: socket.socket, provider: str) -> str:
    """What kind of server answers: PostgreSQL waits for its client, MySQL speaks first."""
    connection.settimeout(1 if provider == "mysql" else _SECONDS)
    if provider != "mysql":
        connection.sendall(_SSL_REQUEST)
    try:
        answer = connection.recv(5)
    except TimeoutError:
        if provider != "mysql":
            return ""
        connection.settimeout(_SECONDS)
        connection.sendall(_SSL_REQUEST)
        try:
            answer = connection.recv(5)
        except OSError:
            return ""
    except OSError:
        return ""
    if answer[:1] in (b"S", b"N") and len(answer) == 1:
        return "PostgreSQL"
    # A packet with the number 0 and the version of the protocol, or an error.
    if len(answer) == 5 and answer[3] == 0 and answer[4] in (10, 255):
        return "MySQL"
    return ""


def _wrong_server(provider: str, address: str, actual: str) -> Problem:
    kind = f"is {actual}" if actual else "speaks another language"
    return Problem(
        f"The server at {address} {kind}, but the project was made for {_LABELS[provider]}; "
        f"{_CORRECT}."
    )
