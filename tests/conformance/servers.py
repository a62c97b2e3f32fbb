"""Both servers of the template on one PostgreSQL: the official one, and the Python one."""

from __future__ import annotations

import asyncio
import re
import subprocess
import time
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg  # type: ignore[import-untyped]
from dotenv import dotenv_values

from hooks.demo import NODE, STACKS, environment, free_port, run, wait_until_healthy
from tests.answers import options_of, stack_plugins
from tests.conformance.changes import WATCH
from tests.project.typescript import PROXY
from tests.template import render

Result = TypeVar("Result")

_STACK_OF = {"official": "typescript", "python": "python"}

#: The database that the crossing works on: the same tables, empty.
CROSSING = "crossing"
#: The same, with what writes down each change of a row; nobody connects to it.
_PRISTINE = "pristine"


def answers(stack: str) -> dict[str, Any]:
    """All plugins and options that both stacks have."""
    both = set(stack_plugins("python")) & set(stack_plugins("typescript"))
    options = set(options_of("python")) & set(options_of("typescript"))
    return {
        "stack": stack,
        "plugins": [plugin for plugin in stack_plugins("typescript") if plugin in both],
        "plugin_options": [option for option in options_of("typescript") if option in options],
        "rate_limit_storage": "database",
    }


class Database:
    """The database of both, for one thread of a test."""

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
    """A server that runs; ``name`` is also what it tells the database as its application."""

    name: str
    address: str
    log: Path
    database_url: str

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc

    def message(self, to: str, since: int = 0) -> str:
        """The latest message to an address, which development writes into the log.

        ``since`` is the size that the log had, in bytes, before anything that counts.
        """
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with self.log.open("rb") as log:
                log.seek(since)
                said = log.read().decode(errors="replace")
            texts = re.findall(rf"To {re.escape(to)}: [^:\n]*: (.*)$", said, re.M)
            if texts:
                return str(texts[-1])
            time.sleep(0.02)
        raise AssertionError(f"nothing was sent to {to}")


@dataclass(frozen=True)
class Stacks:
    """The two projects, set up on one database with one secret."""

    typescript: Path
    python: Path

    @property
    def settings(self) -> dict[str, str]:
        values = dotenv_values(self.typescript / ".env.local")
        return {name: values[name] or "" for name in ("DATABASE_URL", "BETTER_AUTH_SECRET")}

    def url(self, database: str | None = None) -> str:
        """The URL of the common database, or of another one beside it."""
        parts = urlsplit(self.settings["DATABASE_URL"])
        return urlunsplit(parts._replace(path=f"/{database}")) if database else parts.geturl()

    def new_database(self, name: str) -> str:
        """Makes a database in which nobody else changes rows; gives its name."""
        with closing(Database(self.url("postgres"))) as database:
            database.execute(f'CREATE DATABASE "{name}" TEMPLATE {_PRISTINE}')
        return name

    def start_database(self) -> None:
        run(
            [
                STACKS["typescript"].serve[0],
                "packages/better-auth-setup/bin.cjs",
                "database",
                "start",
            ],
            self.typescript,
        )

    def stop_database(self) -> None:
        run(STACKS["typescript"].stop, self.typescript)

    @contextmanager
    def serving(
        self,
        *,
        database: str | None = None,
        zones: tuple[str, str] = ("UTC", "UTC"),
        settings: Mapping[str, str] | None = None,
        own: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {}),
    ) -> Iterator[tuple[Server, Server]]:
        """Runs the official server and the Python one, each in a time zone of its own.

        Both take ``settings`` from the environment, and each of them its ``own``.
        """
        url, common = self.url(database), settings or {}
        first, second = ({**common, **more} for more in own)
        with (
            _serving("official", self.typescript, url, TZ=zones[0], **first) as official,
            _serving("python", self.python, url, TZ=zones[1], **second) as python,
        ):
            yield official, python

    @contextmanager
    def serving_official(self, database: str) -> Iterator[Server]:
        """Runs the official server alone, without rate limits: others ask it for their users."""
        with _serving("official", self.typescript, self.url(database), UNLIMITED="1") as official:
            yield official


def set_up(template: Path, folder: Path) -> Stacks:
    """Renders and sets up both projects; the second takes the database of the first."""
    stacks = Stacks(
        render(template, folder / "typescript", answers("typescript")),
        render(template, folder / "python", answers("python")),
    )
    configure(folder)
    _run_setup(
        [str(NODE / "bin" / "node"), "packages/better-auth-setup/bin.cjs", "setup"],
        stacks.typescript,
    )
    env_file = stacks.python / ".env.local"
    kept = [
        line
        for line in env_file.read_text().splitlines()
        if line.partition("=")[0] not in stacks.settings
    ]
    given = [f"{name}={value}" for name, value in stacks.settings.items()]
    env_file.write_text("\n".join([*kept, *given]) + "\n")
    _run_setup(STACKS["python"].setup, stacks.python)

    with closing(Database(stacks.url("postgres"))) as database:
        common = urlsplit(stacks.url()).path[1:]
        for name in (CROSSING, _PRISTINE):
            database.execute(f'CREATE DATABASE {name} TEMPLATE "{common}"')
    with closing(Database(stacks.url(_PRISTINE))) as database:
        database.execute(WATCH)
    return stacks


#: What a developer adds to the auth configurations, so that more of better-auth is on.
_EDITS = {
    "typescript/src/lib/auth.ts": {
        "  rateLimit: { enabled: true": (
            "  user: { changeEmail: { enabled: true }, deleteUser: { enabled: true } },\n"
            "  rateLimit: { enabled: !process.env.UNLIMITED"
        ),
        "apiKey()": "apiKey({ enableSessionForAPIKeys: true, enableMetadata: true })",
        "oauthProvider({ ": (
            "oauthProvider({ allowDynamicClientRegistration: true, "
            "allowUnauthenticatedClientRegistration: true, "
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
        "enabled: production": "enabled: !!process.env.CHECK_PASSWORDS",
    },
    "python/src/my_app/auth.py": {
        "    rate_limit=": (
            "    user=UserOptions(\n        ChangeEmailOptions(enabled=True), "
            "DeleteUserOptions(enabled=True)\n    ),\n"
            "    rate_limit="
        ),
        "ApiKeyPlugin()": (
            'ApiKeyPlugin(\n            {"enable_session_for_api_keys": True, '
            '"enable_metadata": True}\n        )'
        ),
        "OAuthProviderPlugin(\n": (
            "OAuthProviderPlugin(\n            allow_dynamic_client_registration=True,\n"
            "            allow_unauthenticated_client_registration=True,\n"
        ),
        "config=[]": (
            "config=[\n"
            "                GenericOAuthConfig(\n"
            '                    provider_id="company",\n'
            '                    discovery_url=os.environ["COMPANY_ADDRESS"]\n'
            '                    + "/api/auth/.well-known/openid-configuration",\n'
            '                    client_id=os.environ["COMPANY_CLIENT_ID"],\n'
            '                    client_secret=os.environ["COMPANY_CLIENT_SECRET"],\n'
            '                    scopes=["openid", "email", "profile", "offline_access"],\n'
            '                    authentication="basic",\n'
            "                )\n"
            "            ]\n"
            '            if "COMPANY_ADDRESS" in os.environ\n'
            "            else []"
        ),
        "enabled=settings.is_production": 'enabled="CHECK_PASSWORDS" in os.environ',
        "from better_auth.plugins_ext": (
            "import os\n"
            "from better_auth.config import ChangeEmailOptions, DeleteUserOptions, UserOptions\n"
            "from better_auth.plugins_ext.generic_oauth import GenericOAuthConfig\n"
            "from better_auth.plugins_ext"
        ),
    },
}


def configure(folder: Path) -> None:
    """Edits the auth configurations of both projects, in the same sense."""
    for name, edits in _EDITS.items():
        text = (folder / name).read_text()
        for old, new in edits.items():
            assert text.count(old) == 1, f"{name} does not say {old}"
            text = text.replace(old, new)
        (folder / name).write_text(text)


def _run_setup(command: Sequence[str], project: Path) -> None:
    done = subprocess.run(
        command, cwd=project, env=environment(), capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def _serving(name: str, project: Path, database_url: str, **more: str) -> Iterator[Server]:
    port = free_port()
    address, log = f"http://127.0.0.1:{port}", project / f"server-{port}.log"
    command = [word.format(port=port) for word in STACKS[_STACK_OF[name]].serve]
    settings = environment(
        BETTER_AUTH_URL=address,
        DATABASE_URL=f"{database_url}?application_name={name}",
        PORT=str(port),
        TRUSTED_PROXIES=PROXY,
        **more,
    )
    with log.open("w") as output:
        server = subprocess.Popen(command, cwd=project, env=settings, stdout=output, stderr=output)
        try:
            wait_until_healthy(server, address)
            yield Server(name, address, log, database_url)
        finally:
            server.terminate()
            server.wait(timeout=30)
