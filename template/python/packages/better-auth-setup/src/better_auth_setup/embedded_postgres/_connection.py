"""The connection parameters of a project's server, stored in ``.postgres/connection.json``."""

from __future__ import annotations

import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from better_auth_setup.problem import Problem

#: The role owns its databases and may create others. No query reads files: it is not a superuser.
USER = "app"
#: Below the ephemeral ports of operating systems.
_PORTS = range(20000, 30000)


@dataclass(frozen=True)
class Connection:
    """The server's port and random password, which identifies the server."""

    user: str
    password: str
    port: int
    database: str

    def __repr__(self) -> str:
        return f"Connection(user={self.user!r}, port={self.port}, database={self.database!r})"

    @property
    def url(self) -> str:
        database = quote(self.database, safe="")
        return f"postgresql://{self.user}:{self.password}@127.0.0.1:{self.port}/{database}"

    @classmethod
    def invent(cls, database: str) -> Connection:
        chance = secrets.SystemRandom()
        port = next(port for port in chance.sample(_PORTS, len(_PORTS)) if is_free(port))
        return cls(USER, secrets.token_urlsafe(24), port, database)

    @classmethod
    def read(cls, folder: Path) -> Connection | None:
        """The connection that the folder's file describes; None if there is no file.

        Raises:
            Problem: it cannot be read.
        """
        try:
            return cls(**json.loads((folder / "connection.json").read_text(encoding="utf-8")))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError, TypeError) as error:
            raise Problem(
                f"{folder / 'connection.json'} cannot be read ({type(error).__name__}); restore "
                "it, or remove the folder to start with an empty database."
            ) from None

    def write(self, folder: Path) -> None:
        """Writes the file atomically, readable for its owner only."""
        draft = folder / f"connection.{secrets.token_hex(4)}"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(json.dumps(asdict(self)) + "\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(folder / "connection.json")

    def port_of(self, url: str) -> int | None:
        """The port of a URL that names this server; None if the URL names another one."""
        try:
            parts = urlsplit(url)
            port = parts.port or 5432
        except ValueError:
            return None
        is_here = parts.scheme in ("postgresql", "postgres") and parts.hostname in (
            "127.0.0.1",
            "localhost",
        )
        return port if is_here and unquote(parts.password or "") == self.password else None


def is_free(port: int) -> bool:
    """Whether a server can listen on the port."""
    with socket.socket() as probe:
        # As PostgreSQL does, so that connections in TIME_WAIT do not block the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
