"""How to connect to the server of a project: kept in ``.postgres/connection.json``."""

from __future__ import annotations

import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from better_auth_setup.problem import Problem

#: It owns its databases and may make others, but it is no superuser: no query reads files.
USER = "app"
#: Below the ports that operating systems give to outgoing connections.
_PORTS = range(20000, 30000)


@dataclass(frozen=True)
class Connection:
    """The password is random, so whoever has it means this server."""

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
        """
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
        """Writes it so that only its owner can read it, all of it or nothing."""
        draft = folder / f"connection.{secrets.token_hex(4)}"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(json.dumps(asdict(self)) + "\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(folder / "connection.json")

    def port_of(self, url: str) -> int | None:
        """The port under which a URL means this server; none if it means another one."""
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
    """Whether a server can listen there."""
    with socket.socket() as probe:
        # As PostgreSQL does: connections that have just ended do not block the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
