"""What it costs a server to know who is signed in: CPU time a request, beside two peers.

Usage: python -m benchmarks.session_check [ROUNDS]

A route of the Python project, the official server's get-session in plain Node, and a route behind
fastapi-users with its database strategy: on one PostgreSQL, with as many users and as large a pool
each, asked in turns. What counts is the CPU time of the server's process, which other work on the
machine hardly changes; Linux tells it in /proc.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import asyncpg  # type: ignore[import-untyped]
from better_auth.crypto import sign_value
from dotenv import dotenv_values

from hooks.demo import REPOSITORY, STACKS, environment, free_port, run, wait_until_healthy
from hooks.versions import pinned

COPIER = str(Path(sys.executable).with_name("copier"))
UV = str(Path(sys.executable).with_name("uv"))
PEER = Path(__file__).parent / "peers" / "fastapi_users_app.py"

USERS = 1000
REQUESTS = 2000
CONCURRENCY = 8
POOL = 10  # what node-postgres has, unless it is told otherwise
SECRET = secrets.token_urlsafe(32)

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
    """A server that runs, what it is asked, and the cookie of a user."""

    process: int
    address: str
    path: str
    cookie: Callable[[int], str]

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


async def ask(server: Server, requests: int) -> float:
    """The microseconds of CPU that a request takes, with the server busy all the time."""
    users = iter(number % USERS + 1 for number in range(requests))
    before = server.cpu_seconds()
    await asyncio.gather(*(browse(server, users) for _ in range(CONCURRENCY)))
    return (server.cpu_seconds() - before) / requests * 1e6


async def browse(server: Server, users: Iterator[int]) -> None:
    """Asks for one user after the other; an HTTP client proper would be slower than the servers."""
    parts = urlsplit(server.address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    for user in users:
        lines = f"GET {server.path} HTTP/1.1", f"Host: {parts.netloc}", "User-Agent: benchmark"
        head = "\r\n".join([*lines, f"Cookie: {server.cookie(user)}", "", ""])
        writer.write(head.encode())
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(answer.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        body = await reader.readexactly(length)
        assert answer.startswith(b"http/1.1 200 "), answer + body
        assert f'"{user}@example.com"'.encode() in body, body
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
    return f"better-auth.session_token={sign_value(SECRET, f'token-{user}')}"


def project(stack: str, folder: Path, *answers: str) -> Path:
    """A project of the template, set up."""
    data = [word for answer in (f"stack={stack}", *answers) for word in ("--data", answer)]
    copy = [COPIER, "copy", "--quiet", "--defaults", "--vcs-ref", "HEAD", *data]
    subprocess.run([*copy, str(REPOSITORY), str(folder)], check=True, capture_output=True)
    setup = STACKS[stack].setup
    subprocess.run(setup, cwd=folder, env=environment(), check=True, capture_output=True)
    return folder


@contextmanager
def serving(command: Sequence[str], folder: Path, **settings: str) -> Iterator[tuple[int, str]]:
    """Runs a server on a free port; gives its process and its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environ = environment(BETTER_AUTH_URL=address, PORT=str(port), **settings)
    words = [word.format(port=port) for word in command]
    server = subprocess.Popen(words, cwd=folder, env=environ, stdout=subprocess.DEVNULL)
    try:
        wait_until_healthy(server, address)
        yield server.pid, address
    finally:
        server.terminate()
        server.wait(timeout=30)


def uvicorn(python: str, app: str) -> list[str]:
    return [python, "-m", "uvicorn", app, "--port", "{port}", "--no-access-log"]


@contextmanager
def all_servers(folder: Path) -> Iterator[dict[str, Server]]:
    python = project("python", folder / "python")
    try:
        url = dotenv_values(python / ".env.local")["DATABASE_URL"] or ""
        typescript = project("typescript", folder / "typescript", f"database_url={url}")
        unlimited(typescript / "src" / "lib" / "auth.ts")
        peer_python = peer_environment(folder / "peer")
        asyncio.run(sign_in(url))
        peer = {
            "DATABASE_URL": f"postgresql+asyncpg{url[url.index(':') : url.rindex('/')]}/peer",
            "POOL_SIZE": str(POOL),
        }
        tables = [peer_python, str(PEER), str(USERS)]
        subprocess.run(tables, env=environment(**peer), check=True)

        ours = uvicorn(".venv/bin/python", "my_app.main:app")
        secret = {"BETTER_AUTH_SECRET": SECRET}
        with ExitStack() as stack:
            start = stack.enter_context
            process, address = start(
                serving(ours, python, DATABASE_URL=f"{url}?connection_limit={POOL}", **secret)
            )
            servers = {"our check": Server(process, address, "/me", better_auth_cookie)}
            process, address = start(
                serving(STACKS["typescript"].serve, typescript, DATABASE_URL=url, **secret)
            )
            path = "/api/auth/get-session"
            servers["official get-session"] = Server(process, address, path, better_auth_cookie)
            theirs = uvicorn(peer_python, "fastapi_users_app:app")
            process, address = start(serving(theirs, PEER.parent, **peer))
            servers["fastapi-users, database strategy"] = Server(
                process, address, "/me", lambda user: f"session=token-{user}"
            )
            yield servers
    finally:
        run(STACKS["python"].stop, python)


def unlimited(auth: Path) -> None:
    """Takes the rate limit away, which our route has not either."""
    text = auth.read_text()
    assert text.count("rateLimit: { enabled: true") == 1
    auth.write_text(text.replace("rateLimit: { enabled: true", "rateLimit: { enabled: false"))


def peer_environment(folder: Path) -> str:
    """A Python with fastapi-users, and otherwise with what the project has."""
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, str(folder)], check=True)
    python = str(folder / "bin" / "python")
    packages = [
        f"{name}=={pinned()['python'][name]}" for name in ("asyncpg", "fastapi", "sqlalchemy")
    ]
    packages += ["fastapi-users[sqlalchemy]==15.0.5", "uvicorn[standard]"]
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
    ours = statistics.median(times["our check"])
    lines = ["| CPU time a request | median | least | most | times ours |", "|---|---|---|---|---|"]
    for name, values in times.items():
        median = statistics.median(values)
        lines.append(
            f"| {name} | {median:.0f} µs | {min(values):.0f} µs | {max(values):.0f} µs "
            f"| {median / ours:.2f} |"
        )
    return "\n".join(lines)


def main(rounds: int) -> None:
    with TemporaryDirectory() as folder, all_servers(Path(folder)) as servers:
        print(table(asyncio.run(measure(servers, rounds))))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
