"""better-auth on one PostgreSQL twice: direct, and behind the Python proxy.

The TypeScript project is the direct server; the Python project proxies the same better-auth.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg  # type: ignore[import-untyped]
from better_auth_setup import embedded_postgres
from dotenv import dotenv_values

from hooks.demo import STACKS
from hooks.node import environment
from hooks.servers import free_port, running_server
from tests.answers import EVERYTHING
from tests.conformance.changes import WATCH
from tests.passwords import make_cheap
from tests.patience import wait_for_transactions
from tests.project.typescript import PROXY
from tests.project.typescript_sources import install_packages
from tests.project.workshop import Workshop

Result = TypeVar("Result")

#: In the tests' environment, which has a project's packages.
FASTAPI = [sys.executable, "-m", "fastapi", *STACKS["python"].serve[1:]]
_SOURCES = ["src", "packages/better-auth-sidecar/src", "packages/better-auth-setup/src"]

#: The database of the company of `test_sign_in_elsewhere`: the same tables, empty.
CROSSING = "crossing"
#: The database that `new_database` copies. It has triggers that record row changes, and never has
#: connections, with which PostgreSQL would refuse to copy it.
_PRISTINE = "pristine"


class Database:
    """A connection to the servers' database, for one thread."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._loop = asyncio.new_event_loop()
        self._connection: Any = None

    def _wait(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self._loop.run_until_complete(work)

    def _open(self) -> Any:
        if self._connection is None:
            self._connection = self._wait(asyncpg.connect(self.url))
        return self._connection

    def execute(self, sql: str, *arguments: object) -> None:
        self._wait(self._open().execute(sql, *arguments))

    def fetch(self, sql: str, *arguments: object) -> list[Any]:
        rows: list[Any] = self._wait(self._open().fetch(sql, *arguments))
        return rows

    def close(self) -> None:
        if self._connection is not None:
            self._wait(self._connection.close())
        self._loop.close()


@dataclass(frozen=True)
class Server:
    """A running server; ``name`` is also its ``application_name`` in the database."""

    name: str
    address: str
    log: Path
    database_url: str

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc


@dataclass(frozen=True)
class Stacks:
    """The two projects, set up on one database with one secret."""

    folder: Path

    @property
    def typescript(self) -> Path:
        return self.folder / "typescript"

    @property
    def python(self) -> Path:
        return self.folder / "python"

    @property
    def settings(self) -> dict[str, str]:
        values = dotenv_values(self.typescript / ".env.local")
        return {name: value or "" for name, value in values.items()}

    def url(self, database: str | None = None) -> str:
        """The URL of the shared database, or of another one on the same server."""
        parts = urlsplit(self.settings["DATABASE_URL"])
        return urlunsplit(parts._replace(path=f"/{database}")) if database else parts.geturl()

    def new_database(self, name: str) -> str:
        """Creates a database for one module; returns its name."""
        name = f"{name}_{secrets.token_hex(4)}"
        with closing(Database(self.url("postgres"))) as database:
            database.execute(f'CREATE DATABASE "{name}" TEMPLATE {_PRISTINE}')
        return name

    @contextmanager
    def serving(
        self,
        *,
        database: str | None = None,
        zones: tuple[str, str] = ("UTC", "UTC"),
        settings: Mapping[str, str] | None = None,
        own: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {}),
    ) -> Iterator[tuple[Server, Server]]:
        """Runs both servers, each in its time zone of ``zones``.

        Both get ``settings`` in their environment, and each its ``own``.
        """
        url, common = self.url(database), settings or {}
        first, second = ({**common, **more} for more in own)
        with (
            self._straight(url, TZ=zones[0], **first) as straight,
            serving("proxied", self.python, FASTAPI, url, TZ=zones[1], **second) as proxied,
        ):
            yield straight, proxied

    @contextmanager
    def serving_straight(self, database: str) -> Iterator[Server]:
        """Runs the direct server alone, without rate limits, as an identity provider."""
        with self._straight(self.url(database), UNLIMITED="1") as straight:
            yield straight

    def _straight(self, url: str, **more: str) -> AbstractContextManager[Server]:
        return serving("straight", self.typescript, STACKS["typescript"].serve, url, **more)


def set_up(folder: Path) -> Stacks:
    """Renders both projects, and creates their database."""
    stacks = Stacks(folder)
    workshop = Workshop(install_packages(), embedded_postgres.create(folder, "workshop"))
    settings = workshop.settings()
    for stack, project in (("typescript", stacks.typescript), ("python", stacks.python)):
        workshop.render({"stack": stack, **EVERYTHING}, project, settings)
    workshop.push(stacks.typescript)
    configure(folder)
    with closing(Database(stacks.url("postgres"))) as database:
        common = urlsplit(stacks.url()).path[1:]
        for name in (CROSSING, _PRISTINE):
            database.execute(f'CREATE DATABASE {name} TEMPLATE "{common}"')
    with closing(Database(stacks.url(_PRISTINE))) as database:
        database.execute(WATCH)
    return stacks


#: Additions to auth.ts that enable more of better-auth.
_EDITS = {
    "  rateLimit: { enabled: true": (
        "  user: { changeEmail: { enabled: true }, deleteUser: { enabled: true } },\n"
        "  rateLimit: { enabled: !process.env.UNLIMITED"
    ),
    "apiKey()": "apiKey({ enableSessionForAPIKeys: true, enableMetadata: true })",
    "oauthProvider({\n": (
        "oauthProvider({\n"
        "      allowDynamicClientRegistration: true,\n"
        "      allowUnauthenticatedClientRegistration: true,\n"
    ),
    "config: []": (
        "config: process.env.COMPANY_ADDRESS\n"
        "        ? [\n"
        "            {\n"
        '              providerId: "company",\n'
        "              discoveryUrl: `${process.env.COMPANY_ADDRESS}"
        "/api/auth/.well-known/openid-configuration`,\n"
        '              clientId: process.env.COMPANY_CLIENT_ID ?? "",\n'
        '              clientSecret: process.env.COMPANY_CLIENT_SECRET ?? "",\n'
        '              scopes: ["openid", "email", "profile", "offline_access"],\n'
        '              authentication: "basic",\n'
        "            },\n"
        "          ]\n"
        "        : []"
    ),
    "enabled: env.isProduction": "enabled: !!process.env.CHECK_PASSWORDS",
}


def configure(folder: Path) -> None:
    """Edits the auth configurations of both projects."""
    for name in ("typescript/src/lib/auth.ts", "python/auth/auth.ts"):
        text = (folder / name).read_text()
        for old, new in _EDITS.items():
            assert text.count(old) == 1, f"{name} does not say {old}"
            text = text.replace(old, new)
        (folder / name).write_text(text)
        make_cheap(folder / name)
        wait_for_transactions((folder / name).with_name("prisma.ts"))


@contextmanager
def serving(
    name: str, project: Path, command: Sequence[str], database_url: str, **more: str
) -> Iterator[Server]:
    port = free_port()
    address, log = f"http://127.0.0.1:{port}", project / f"server-{port}.log"
    separator = "&" if "?" in database_url else "?"
    settings = environment(
        BETTER_AUTH_URL=address,
        DATABASE_URL=f"{database_url}{separator}application_name={name}",
        PORT=str(port),
        PYTHONPATH=os.pathsep.join(str(project / source) for source in _SOURCES),
        TRUSTED_PROXIES=PROXY,
        **more,
    )
    with running_server(command, project, settings, address, log):
        yield Server(name, address, log, database_url)
