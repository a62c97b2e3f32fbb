"""A project with an auth server, and its start commands."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from hooks.node import environment
from hooks.servers import free_port, running_server
from tests.database_url.readers import write_reader
from tests.project.typescript import run_node
from tests.project.typescript_sources import ENGINE
from tests.project.workshop import PRISMA, Workshop
from tests.template import REPOSITORY
from tests.template import environment as jinja
from tests.waiting import wait_for

PACKAGE = REPOSITORY / "template/python/packages/better-auth-sidecar"
OUTBOX = REPOSITORY / "template/shared/outbox"
SOURCES = Path(__file__).with_name("project")
PLUGINS = ["admin", "api-key", "bearer", "organization", "username"]
#: API keys sign users in, and each can be used twice a day.
API_KEYS = "apiKey({ enableSessionForAPIKeys: true, rateLimit: { maxRequests: 2 } })"

UVICORN = [sys.executable, "-m", "uvicorn", "main:app"]
FASTAPI = [sys.executable, "-m", "fastapi"]
#: The documented commands, without address and port.
COMMANDS = {
    "uvicorn": UVICORN,
    "uvicorn --reload": [*UVICORN, "--reload"],
    "fastapi dev": [*FASTAPI, "dev", "main.py"],
    "fastapi run --workers 4": [*FASTAPI, "run", "main.py", "--workers", "4"],
    "gunicorn": [
        *[sys.executable, "-m", "gunicorn", "main:app"],
        *["--worker-class", "uvicorn_worker.UvicornWorker", "--workers", "2"],
    ],
}

#: The commands as parameters: those that reload serve as Uvicorn does alone.
SAMPLED_COMMANDS = [
    pytest.param(
        name, marks=pytest.mark.exhaustive if name in ("uvicorn --reload", "fastapi dev") else ()
    )
    for name in COMMANDS
]


def make_project(
    workshop: Workshop,
    folder: Path,
    *,
    provider: str = "postgresql",
    options: str = "",
    columns: str = "",
    uuids: bool = False,
) -> Path:
    """Renders a project's ``auth/`` and pushes its database.

    Args:
        workshop: npm's packages and a PostgreSQL.
        folder: of the project.
        provider: of the database.
        options: the owner's options in ``auth.ts``.
        columns: the owner's fields of ``User``.
        uuids: whether ids are UUIDs that the database makes.
    """
    context = {
        "project_name": "My App",
        "stack": "python",
        "framework": "hono",
        "provider": provider,
        "plugins": PLUGINS,
        "plugin_options": [],
        "social_providers": [],
        "features": PLUGINS,
        "rate_limit_storage": "memory",
    }

    def rendered(path: str) -> str:
        return jinja().get_template(f"template/shared/{path}").render(context)

    auth = folder / "auth"
    auth.mkdir(parents=True)
    for source in (REPOSITORY / "template/shared/auth").iterdir():
        text = rendered(f"auth/{source.name}")
        if source.name == "auth.ts.jinja":
            text = 'import { probe } from "./probe.ts";\n' + text
            text = _added(text, "// Your own plugins go below this line.", "probe(),")
            text = text.replace("apiKey()", API_KEYS)
            text = _added(text, "// Your own options go below this line.", options)
        (auth / source.name.removesuffix(".jinja")).write_text(text)
    (auth / "probe.ts").write_text((SOURCES / "probe.ts").read_text())
    (folder / "main.py").write_text((SOURCES / "main.py").read_text())
    (folder / "package.json").write_text('{"type": "module"}')
    schema = rendered("schema.prisma.jinja").replace("../src/generated/", "../auth/generated/")
    (folder / "prisma").mkdir()
    own = "// Your own fields and relations of User go below this line."
    schema = _added(schema, own, columns)
    (folder / "prisma/schema.prisma").write_text(_with_uuids(schema) if uuids else schema)
    (folder / "prisma.config.ts").write_text(rendered("prisma.config.ts"))
    node = folder / "packages/better-auth-sidecar/node"
    shutil.copytree(PACKAGE / "node", node, ignore=shutil.ignore_patterns("*.jinja"))
    write_reader(node)
    (folder / "packages/better-auth-outbox").symlink_to(OUTBOX)
    (folder / "packages/better-auth-guard").symlink_to(REPOSITORY / "template/shared/guard")
    pages = folder / "packages/better-auth-pages"
    pages.mkdir()
    for source in (REPOSITORY / "template/shared/better-auth-pages").iterdir():
        (pages / source.name).write_text(source.read_text())
    (folder / "node_modules").symlink_to(workshop.packages)
    engine = folder / ENGINE
    engine.mkdir(parents=True)
    for source in (REPOSITORY / "template/typescript" / ENGINE).iterdir():
        template = source.relative_to(REPOSITORY).as_posix()
        text = jinja().get_template(template).render(context)
        (engine / source.name.removesuffix(".jinja")).write_text(text)
    (engine / "index.mjs").chmod(0o755)
    (engine / "node_modules").symlink_to(workshop.packages)
    values = workshop.settings()
    if provider == "sqlite":
        values["DATABASE_URL"] = "file:./dev.db"
    (folder / ".env.local").write_text("".join(f"{k}={v}\n" for k, v in values.items()))
    run_node(folder, PRISMA, "generate")
    workshop.push(folder)
    return folder


def _with_uuids(schema: str) -> str:
    """The schema of ``generateId: "uuid"``."""
    models, outbox, rest = schema.partition("model OutboxMessage")
    default = '@id @default(dbgenerated("pg_catalog.gen_random_uuid()")) @db.Uuid'
    models = models.replace("@id\n", f"{default}\n")
    for name in set(re.findall(r"@relation\(.*?fields: \[(\w+)\]", models)):
        models = re.sub(rf"^(  {name} +String\??)", r"\1 @db.Uuid", models, flags=re.M)
    return models + outbox + rest


def _added(text: str, marker: str, more: str) -> str:
    assert text.count(marker) == 1, marker
    return text.replace(marker, f"{marker}\n{more}")


@dataclass
class Server:
    """A running application."""

    address: str
    log: Path
    process: subprocess.Popen[bytes]

    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def client(self, **headers: str) -> httpx.Client:
        """A client with the application's origin."""
        return httpx.Client(base_url=self.address, headers={"Origin": self.address, **headers})

    def children(self) -> list[psutil.Process]:
        """The processes of auth servers that the application started."""
        below = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in below if "auth/server.ts" in _command(child)]

    def child(self) -> psutil.Process:
        """The auth server's process."""
        return wait_for(lambda: next(iter(self.children()), None))


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@contextmanager
def serving(
    project: Path,
    command: Sequence[str] = UVICORN,
    host: str = "127.0.0.1",
    **settings: str,
) -> Iterator[Server]:
    """Runs the application on a free port of an address."""
    port = free_port()
    address = f"http://{host}:{port}"
    log = project / f"server-{port}.log"
    where = ["--host", host, "--port", str(port)]
    if "gunicorn" in command:
        where = ["--bind", f"{host}:{port}"]
    env = app_environment(**{"BETTER_AUTH_URL": address, **settings})
    with running_server([*command, *where], project, env, address, log) as process:
        yield Server(address, log, process)


def app_environment(**settings: str) -> dict[str, str]:
    """The environment of an application, with the template's package on its path."""
    python = {"PYTHONPATH": str(PACKAGE / "src"), "PYTHONUNBUFFERED": "1"}
    return environment(**{**python, "BETTER_AUTH_ENV": "development", **settings})
