"""The CPU time of a session check, for each request, beside two peers.

Usage: python -m benchmarks.session_check [ROUNDS]

These requests are measured in turns:

- a route of FastAPI with the session check of `better_auth_sidecar`, and one without it
- the official server's get-session: in plain Node.js, through the proxy, and inside Next.js
- a route of fastapi-users, with its database and its JWT strategy (both read the user)

All use one PostgreSQL, with the same number of users and the same size of the pool. The CPU time is
that of the server's processes, from Linux's /proc; other load on the machine hardly changes it.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import statistics
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import asyncpg  # type: ignore[import-untyped]
import jwt
from better_auth_setup import embedded_postgres
from better_auth_sidecar.cookies import signed_cookie
from dotenv import dotenv_values

from hooks.demo import PYTHON_NEXTJS
from hooks.node import REPOSITORY, environment
from hooks.servers import free_port, running_server
from tests.npm_packages import lend
from tests.project.typescript import run_node
from tests.project.typescript_sources import install_packages
from tests.project.workshop import PRISMA, Workshop
from tests.sidecar.projects import PACKAGE
from tests.sidecar.session_world import make_session_project
from tests.template import render, snapshot

UV = str(Path(sys.executable).with_name("uv"))
#: The version of fastapi-users.
FASTAPI_USERS = "15.0.5"
PEER = Path(__file__).parent / "peers" / "fastapi_users_app.py"

USERS = 1000
REQUESTS = 2000
CONCURRENCY = 8
POOL = 10  # node-postgres' default
SECRET = secrets.token_urlsafe(32)
EMPTY, CHECK = "no check: an empty route", "our check (asyncpg)"
OFFICIAL = "official get-session (node-postgres)"
PROXIED = "official get-session through our proxy, both processes"
NEXTJS = "official get-session inside Next.js (`next start`, node-postgres)"

SIGN_IN = (
    """
INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
SELECT n, 'User ' || n, n || '@example.com', true, now(), now()
FROM generate_series(1, $1::int) n
""",
    """
INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "userId")
SELECT n, now() + interval '7 days', 'token-' || n, now(), now(), n
FROM generate_series(1, $1::int) n
""",
)


@dataclass(frozen=True)
class Server:
    """A running server, the request to measure, and the cookie of a user."""

    #: All processes that serve the request.
    processes: Sequence[int]
    address: str
    path: str
    cookie: Callable[[int], str]
    #: The e-mail address in the response; empty if it is that of the signed-in user.
    email: str = ""

    def cpu_seconds(self) -> float:
        return sum(map(cpu_seconds, self.processes))


def cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


async def ask(server: Server, requests: int) -> float:
    """The CPU time of a request in microseconds, on a busy server."""
    users = iter(number % USERS + 1 for number in range(requests))
    before = server.cpu_seconds()
    await asyncio.gather(*(browse(server, users) for _ in range(CONCURRENCY)))
    return (server.cpu_seconds() - before) / requests * 1e6


async def browse(server: Server, users: Iterator[int]) -> None:
    """Sends requests for the users in turn; HTTP client libraries are slower than the servers."""
    parts = urlsplit(server.address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    for user in users:
        lines = f"GET {server.path} HTTP/1.1", f"Host: {parts.netloc}", "User-Agent: benchmark"
        head = "\r\n".join([*lines, f"Cookie: {server.cookie(user)}", "", ""])
        writer.write(head.encode())
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        if b"transfer-encoding: chunked" in answer:
            body = await reader.readuntil(b"\r\n0\r\n\r\n")
        else:
            length = int(answer.partition(b"content-length: ")[2].partition(b"\r\n")[0])
            body = await reader.readexactly(length)
        assert answer.startswith(b"http/1.1 200 "), answer + body
        assert f'"{server.email or f"{user}@example.com"}"'.encode() in body, body
    writer.close()
    await writer.wait_closed()


async def measure(servers: Mapping[str, Server], rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in servers}
    for server in servers.values():
        await ask(server, REQUESTS)
    for _ in range(rounds):
        for name, server in servers.items():
            times[name].append(await ask(server, REQUESTS))
    return times


# --- the servers --------------------------------------------------------------------------


def better_auth_cookie(user: int) -> str:
    return f"better-auth.session_token={signed_cookie(f'token-{user}', SECRET)}"


def jwt_cookie(user: int) -> str:
    """The cookie of fastapi-users' JWT strategy, signed as it does."""
    claims = {
        "sub": str(uuid.UUID(int=user)),
        "aud": ["fastapi-users:auth"],
        "exp": datetime.now(UTC) + timedelta(days=1),
    }
    return f"jwt={jwt.encode(claims, SECRET, 'HS256')}"


@contextmanager
def serving(command: Sequence[str], folder: Path, **settings: str) -> Iterator[tuple[int, str]]:
    """Runs a server on a free port; yields its process and its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    env = environment(PORT=str(port), **settings)
    with running_server(command, folder, env, address, Path(os.devnull)) as server:
        yield server.pid, address


def uvicorn(python: str, app: str) -> list[str]:
    return [python, "-m", "uvicorn", app, "--port", "{port}", "--no-access-log"]


@contextmanager
def all_servers(folder: Path) -> Iterator[dict[str, Server]]:
    server = folder / "postgresql"
    server.mkdir()
    workshop = Workshop(install_packages(), embedded_postgres.create(server, "workshop"))
    try:
        project = make_session_project(workshop, folder / "project")
        url = dotenv_values(project / ".env.local")["DATABASE_URL"] or ""
        peer_python = peer_environment(folder / "peer")
        asyncio.run(sign_in(url))
        peer = {
            "DATABASE_URL": f"postgresql+asyncpg{url[url.index(':') : url.rindex('/')]}/peer",
            "POOL_SIZE": str(POOL),
            "JWT_SECRET": SECRET,
        }
        tables = [peer_python, str(PEER), str(USERS)]
        subprocess.run(tables, env=environment(**peer), check=True)

        common = {
            "BETTER_AUTH_SECRET": SECRET,
            "BETTER_AUTH_URL": "http://localhost:8000",
            # The measured routes have no rate limit either.
            "AUTH_OPTIONS": '{"rateLimit": {"enabled": false}}',
        }
        with ExitStack() as stack:
            start = stack.enter_context
            node, address = start(serving(["node", "auth/server.ts"], project, **common))
            path = "/api/auth/get-session"
            official = Server([node], address, path, better_auth_cookie)
            ours = uvicorn(sys.executable, "benchmarks.session_check_app:app")
            process, address = start(
                serving(
                    ours,
                    REPOSITORY,
                    **common,
                    AUTH_SERVER_URL=address,
                    DATABASE_URL=f"{url}?connection_limit={POOL}",
                    PROJECT=str(project),
                    PYTHONPATH=str(PACKAGE / "src"),
                )
            )
            web = nextjs_project(folder / "nextjs", url)
            next_process, next_address = start(
                serving(PYTHON_NEXTJS.serve, web, **common, DATABASE_URL=url)
            )
            theirs = uvicorn(peer_python, "fastapi_users_app:app")
            peer_process, peer_address = start(serving(theirs, PEER.parent, **peer))
            yield {
                EMPTY: Server([process], address, "/empty", better_auth_cookie, email="nobody"),
                CHECK: Server([process], address, "/email", better_auth_cookie),
                "our check, the user as answer": Server(
                    [process], address, "/me", better_auth_cookie
                ),
                OFFICIAL: official,
                PROXIED: Server([process, node], address, path, better_auth_cookie),
                NEXTJS: Server([next_process], next_address, path, better_auth_cookie),
                "fastapi-users, database strategy (SQLAlchemy on asyncpg)": Server(
                    [peer_process], peer_address, "/me", lambda user: f"session=token-{user}"
                ),
                "fastapi-users, JWT strategy (SQLAlchemy on asyncpg)": Server(
                    [peer_process], peer_address, "/me-by-jwt", jwt_cookie
                ),
            }
    finally:
        embedded_postgres.stop(server)


def nextjs_project(folder: Path, url: str) -> Path:
    """A project with Next.js in front of FastAPI, built; without limits of rates."""
    folder.mkdir()
    template = snapshot(folder)
    project = render(template, folder / "app", {"stack": "python", "framework": "nextjs"})
    auth = lend(project) / "web" / "src" / "lib" / "auth.ts"
    limited = auth.read_text()
    unlimited = limited.replace("rateLimit: { enabled: true", "rateLimit: { enabled: false")
    assert unlimited != limited
    auth.write_text(unlimited)
    run_node(project, PRISMA, "generate", DATABASE_URL=url)
    run_node(project, *PYTHON_NEXTJS.build[1:])
    return project


def peer_environment(folder: Path) -> str:
    """A virtual environment with fastapi-users, and otherwise with the packages of our route."""
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, str(folder)], check=True)
    python = str(folder / "bin" / "python")
    packages = [f"{name}=={version(name)}" for name in ("asyncpg", "fastapi")]
    packages += [f"fastapi-users[sqlalchemy]=={FASTAPI_USERS}", "uvicorn[standard]"]
    subprocess.run([UV, "pip", "install", "--quiet", "--python", python, *packages], check=True)
    return python


async def sign_in(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in SIGN_IN:
            await connection.execute(statement, USERS)
        await connection.execute("CREATE DATABASE peer")
    finally:
        await connection.close()


def table(times: Mapping[str, Sequence[float]]) -> str:
    ours = statistics.median(times[CHECK])
    lines = ["| CPU time a request | median | least | most | times ours |", "|---|---|---|---|---|"]
    for name, values in times.items():
        median = statistics.median(values)
        lines.append(
            f"| {name} | {median:.0f} µs | {min(values):.0f} µs | {max(values):.0f} µs "
            f"| {median / ours:.2f} |"
        )
    added = ours - statistics.median(times[EMPTY])
    share, inside = (ours / statistics.median(times[name]) for name in (OFFICIAL, NEXTJS))
    proxy = statistics.median(times[PROXIED]) / statistics.median(times[OFFICIAL]) - 1
    lines += ["", f"The check adds {added:.0f} µs, and costs {share:.2f} of the official one"]
    lines[-1] += f" and {inside:.2f} of that inside Next.js."
    lines += [f"The proxy adds {proxy:.0%} to get-session."]
    return "\n".join(lines)


def main(rounds: int) -> None:
    with TemporaryDirectory() as folder, all_servers(Path(folder)) as servers:
        print(table(asyncio.run(measure(servers, rounds))))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
