"""What lies in ``.postgres/``, and the lock that keeps two processes from changing it at once."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from better_auth_setup.problem import Problem

try:
    import fcntl
except ImportError:  # Windows; Problem says so before anything needs a lock
    fcntl = None  # type: ignore[assignment]

LOCK_SECONDS = 60
USER = "postgres"
#: Below the ports that operating systems give to outgoing connections.
PORTS = range(20000, 30000)


@dataclass(frozen=True)
class Connection:
    """How to connect; the password is the only one that the server accepts."""

    user: str
    password: str
    port: int
    database: str

    def __repr__(self) -> str:
        return f"Connection(user={self.user!r}, port={self.port}, database={self.database!r})"

    @property
    def url(self) -> str:
        return f"postgresql://{self.user}:{self.password}@127.0.0.1:{self.port}/{self.database}"

    @classmethod
    def invent(cls, database: str) -> Connection:
        return cls(USER, secrets.token_urlsafe(24), free_port(), database)

    def named_by(self, url: str) -> Connection | None:
        """The same server under the port and database that ``url`` names; none for another server.

        The password is random, so whoever has it means this server.
        """
        try:
            parts = urlsplit(url)
            port = parts.port or 5432
        except ValueError:
            return None
        if parts.scheme not in ("postgresql", "postgres"):
            return None
        if parts.hostname not in ("127.0.0.1", "localhost"):
            return None
        if unquote(parts.password or "") != self.password:
            return None
        database = unquote(parts.path.removeprefix("/")) or self.database
        return Connection(self.user, self.password, port, database)


@dataclass(frozen=True)
class Files:
    """The paths in ``.postgres/`` of a project."""

    folder: Path

    @classmethod
    def of(cls, project_root: Path) -> Files:
        return cls(project_root.resolve() / ".postgres")

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @contextmanager
    def unfinished_data(self) -> Iterator[Path]:
        """A folder for initdb to work in; only what it finished is moved to `data`.

        It has no fixed name: the initdb of a process that was killed may still be at work in
        another one. What such processes left is removed.
        """
        prefix = "data.unfinished-"
        for abandoned in self.folder.glob(f"{prefix}*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        draft = Path(tempfile.mkdtemp(prefix=prefix, dir=self.folder))
        try:
            yield draft
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    @property
    def log(self) -> Path:
        return self.data / "server.log"

    @property
    def password(self) -> Path:
        """The password while initdb reads it."""
        return self.folder / "password"

    def read_connection(self) -> Connection | None:
        try:
            return Connection(**json.loads((self.folder / "connection.json").read_text()))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError, TypeError) as error:
            raise Problem(
                f"{self.folder / 'connection.json'} cannot be read ({type(error).__name__}); "
                "restore it, or remove the folder to start with an empty database."
            ) from None

    def write_connection(self, connection: Connection) -> None:
        write_private(self.folder / "connection.json", json.dumps(asdict(connection)) + "\n")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Waits for other processes that start or stop the server.

        Raises:
            Problem: they take longer than a minute, or the folder is read-only.
        """
        if fcntl is None:
            raise Problem(
                "The embedded PostgreSQL needs Linux or macOS; put the URL of another server into "
                "DATABASE_URL."
            )
        try:
            self.folder.mkdir(mode=0o755, exist_ok=True)
            file = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Problem(
                f"The embedded PostgreSQL cannot write to {self.folder}: {error.strerror}."
            ) from None
        try:
            deadline = time.monotonic() + LOCK_SECONDS
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise Problem(
                            f"Another process has been working on {self.folder} for over "
                            f"{LOCK_SECONDS} seconds; end it and try again."
                        ) from None
                    time.sleep(0.05)
            yield
        finally:
            os.close(file)


def write_private(path: Path, text: str) -> None:
    """Writes a file that only its owner can read, all of it or nothing."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As PostgreSQL does: connections that have just ended do not block the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port() -> int:
    chance = secrets.SystemRandom()
    return next(port for port in chance.sample(PORTS, len(PORTS)) if is_free(port))
