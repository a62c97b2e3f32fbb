"""Response times with a million users, and throughput with more workers and behind PgBouncer.

Usage: python -m benchmarks.growth [USERS ...]

One PostgreSQL grows from a thousand users to a million; each user has an account with a password
and a session. The requests of a project are timed at each size, one after the other, and
`auto_explain` logs the plans of the statements that they sent. The tables go into the section
*Growth* of docs/performance.md.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import signal
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import asyncpg  # type: ignore[import-untyped]
import psutil
from dotenv import dotenv_values

from benchmarks.__main__ import DOCUMENT, processor
from benchmarks.session_check import SECRET, better_auth_cookie, browse, serving
from benchmarks.session_check import Server as Asked
from hooks.node import REPOSITORY
from tests.database_url.server import pgbouncer
from tests.project.workshop import Workshop
from tests.sidecar.projects import PACKAGE
from tests.sidecar.session_world import make_session_project

SIZES = (1_000, 100_000, 1_000_000)
HEADING = "## Growth"
PASSWORD = "correct horse battery"
ORIGIN = "http://localhost:8000"
TIMEOUT = 60
#: Connections of each server.
POOL = 10
WORKERS = (1, 2, 4)
#: Concurrent requests in the comparison of workers.
CONCURRENCY = 32
THROUGHPUT_REQUESTS = 8_000

#: The conclusions of the tables; check them whenever the tables are written again.
COMMENTS = (
    "- Sign-in, the session check, `get-session` and `list-sessions` read single entries of "
    "indexes, at any size. All of these indexes are in the schema that `auth generate` writes.",
    "- The admin list grows with the number of users: better-auth counts them for `total` at each "
    "request, and pages by offset. Its search asks for a text within the value, which no index of "
    "the schema can answer; a filter by the whole address is answered by one. For a list by date, "
    "add `@@index([createdAt])` to `User` below its own-fields comment.",
    "- Two workers use up two cores; more workers only open more connections.",
    "- Through PgBouncer, the connections stay few, and a request costs more: no prepared "
    "statement is kept, so each request prepares its own, and PgBouncer shares the two cores.",
)

GROW = (
    """
INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt", role)
SELECT n, 'User ' || n, n || '@example.com', true, now() - n * interval '1 second', now(),
    CASE WHEN n = 1 THEN 'admin' ELSE 'user' END
FROM generate_series($1::int, $2::int) n
""",
    """
INSERT INTO account
    (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
SELECT n, n, 'credential', n, (SELECT password FROM account WHERE "userId" = $3), now(), now()
FROM generate_series($1::int, $2::int) n
""",
    """
INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "userId")
SELECT n, now() + interval '7 days', 'token-' || n, now(), now(), n
FROM generate_series($1::int, $2::int) n
""",
)


@dataclass(frozen=True)
class Question:
    """A request that is timed.

    Args:
        python: whether FastAPI answers it, and not the auth server itself.
        path: its path, by the number of a user and the number of all users.
        times: how often it is sent.
        is_sign_in: whether it is a user's sign-in.
        as_admin: whether the admin sends it, and not the user.
    """

    python: bool
    path: Callable[[int, int], str]
    times: int = 100
    is_sign_in: bool = False
    as_admin: bool = False


def _admin(query: str) -> Callable[[int, int], str]:
    return lambda user, users: (
        "/api/auth/admin/list-users?limit=100" + query.format(user=user, last=max(0, users - 100))
    )


QUESTIONS = {
    "sign-in by e-mail address": Question(
        False, lambda *_: "/api/auth/sign-in/email", times=20, is_sign_in=True
    ),
    "session check in Python": Question(True, lambda *_: "/email"),
    "get-session": Question(False, lambda *_: "/api/auth/get-session"),
    "list-sessions": Question(False, lambda *_: "/api/auth/list-sessions"),
    "admin list, first page": Question(False, _admin(""), times=10, as_admin=True),
    "admin list, by date": Question(
        False, _admin("&sortBy=createdAt&sortDirection=desc"), times=10, as_admin=True
    ),
    "admin list, last page": Question(False, _admin("&offset={last}"), times=10, as_admin=True),
    "admin list, one address": Question(
        False,
        _admin("&filterField=email&filterValue={user}%40example.com"),
        times=10,
        as_admin=True,
    ),
    "admin list, search in addresses": Question(
        False, _admin("&searchField=email&searchValue={user}%40"), times=10, as_admin=True
    ),
}


class Client:
    """One connection to a server, on which requests follow each other."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        assert parts.hostname
        self._connection = http.client.HTTPConnection(parts.hostname, parts.port, TIMEOUT)

    def seconds(self, question: Question, user: int, users: int) -> float:
        """The duration of the request, whose response has to be correct."""
        path = question.path(user, users)
        if question.is_sign_in:
            method, headers = "POST", {"Origin": ORIGIN, "Content-Type": "application/json"}
            body = json.dumps({"email": f"{user}@example.com", "password": PASSWORD})
        else:
            asking = 1 if question.as_admin else user
            method, headers, body = "GET", {"Cookie": better_auth_cookie(asking)}, ""
        start = time.perf_counter()
        self._connection.request(method, path, body or None, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        taken = time.perf_counter() - start
        assert answer.status == 200, (path, answer.status, text[:300])
        assert text not in (b"null", b"[]") and b'"users":[]' not in text, (path, text[:300])
        return taken


class Database:
    """The PostgreSQL of a workshop, and its log."""

    def __init__(self, folder: Path, url: str) -> None:
        self._data, self.url = folder / ".postgres" / "data", url

    def configure(self, settings: str) -> None:
        """Adds lines to postgresql.conf, and has them read."""
        with (self._data / "postgresql.conf").open("a") as file:
            file.write(settings)
        os.kill(int((self._data / "postmaster.pid").read_text().split()[0]), signal.SIGHUP)
        time.sleep(0.5)

    async def grow(self, first: int, last: int) -> None:
        connection = await asyncpg.connect(self.url)
        try:
            copied = await connection.fetchval(
                'SELECT id FROM "user" WHERE email = $1', "first@example.com"
            )
            for number, statement in enumerate(GROW):
                more = [copied] if number == 1 else []
                await connection.execute(statement, first, last, *more, timeout=600)
            await connection.execute("VACUUM ANALYZE", timeout=600)
        finally:
            await connection.close()

    async def connections(self) -> int:
        connection = await asyncpg.connect(self.url)
        try:
            count = await connection.fetchval(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            return int(count)
        finally:
            await connection.close()

    @contextmanager
    def explained(self) -> Iterator[list[str]]:
        """Fills the list with the scans of all statements until the block ends."""
        log, found = self._data / "server.log", list[str]()
        began = log.stat().st_size
        self.configure("auto_explain.log_min_duration = 0\n")
        try:
            yield found
        finally:
            self.configure("auto_explain.log_min_duration = -1\n")
        text = log.read_bytes()[began:].decode(errors="replace")
        for plan in re.findall(r"plan:\n((?:\t.*\n)+)", text):
            found += _scans(json.loads(plan)["Plan"])


def _scans(plan: Mapping[str, Any]) -> Iterator[str]:
    """The scan of each table: an index, or sequential."""
    kind, index = plan["Node Type"], plan.get("Index Name")
    if index and "Index Cond" in plan:
        yield f"`{index}`"
    elif index:
        yield f"**all of** `{index}`" if kind == "Index Only Scan" else f"`{index}` in its order"
    elif kind == "Seq Scan":
        yield f"**all of** `{plan['Relation Name']}`"
    for inner in plan.get("Plans", []):
        yield from _scans(inner)


@dataclass(frozen=True)
class World:
    """A project, its database and its auth server."""

    project: Path
    database: Database
    official: str

    @contextmanager
    def python(self, url: str, workers: int = 1) -> Iterator[tuple[int, str]]:
        """Runs FastAPI with the session check; gives its process and its address."""
        command = [sys.executable, "-m", "uvicorn", "benchmarks.session_check_app:app"]
        command += ["--port", "{port}", "--no-access-log", "--log-level", "warning"]
        command += ["--workers", str(workers)]
        with serving(
            command,
            REPOSITORY,
            BETTER_AUTH_SECRET=SECRET,
            BETTER_AUTH_URL=ORIGIN,
            AUTH_SERVER_URL=self.official,
            DATABASE_URL=url,
            PROJECT=str(self.project),
            PYTHONPATH=str(PACKAGE / "src"),
        ) as server:
            yield server


@contextmanager
def world(folder: Path) -> Iterator[World]:
    with ExitStack() as stack:
        workshop = stack.enter_context(Workshop.opened(folder))
        project = make_session_project(workshop, folder / "project")
        url = dotenv_values(project / ".env.local")["DATABASE_URL"] or ""
        database = Database(folder, url)
        database.configure(
            "session_preload_libraries = 'auto_explain'\n"
            "auto_explain.log_format = json\nauto_explain.log_nested_statements = on\n"
        )
        _, address = stack.enter_context(
            serving(
                ["node", "auth/server.ts"],
                project,
                BETTER_AUTH_SECRET=SECRET,
                BETTER_AUTH_URL=ORIGIN,
                AUTH_OPTIONS='{"rateLimit": {"enabled": false}}',
            )
        )
        _sign_up(address)
        yield World(project, database, address)


def _sign_up(address: str) -> None:
    """Signs a first user up over HTTP, whose account the others copy."""
    parts = urlsplit(address)
    assert parts.hostname
    connection = http.client.HTTPConnection(parts.hostname, parts.port, TIMEOUT)
    body = {"email": "first@example.com", "name": "First", "password": PASSWORD}
    headers = {"Origin": ORIGIN, "Content-Type": "application/json"}
    connection.request("POST", "/api/auth/sign-up/email", json.dumps(body), headers)
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    connection.close()


# --- the tables ---------------------------------------------------------------------------


def by_size(world: World, sizes: Sequence[int]) -> str:
    """Times each request at each size; the scans are those at the largest."""
    url = f"{world.database.url}?connection_limit={POOL}"
    times: dict[str, list[str]] = {name: [] for name in QUESTIONS}
    scans: dict[str, str] = {}
    before = 0
    for users in sizes:
        print(f"{users} users ...", file=sys.stderr)
        asyncio.run(world.database.grow(before + 1, users))
        before = users
        with world.python(url) as (_, address):
            clients = {True: Client(address), False: Client(world.official)}
            for name, question in QUESTIONS.items():
                client = clients[question.python]
                some = [7919 * number % users + 1 for number in range(question.times + 3)]
                for user in some[:3]:
                    client.seconds(question, user, users)
                taken = [client.seconds(question, user, users) for user in some[3:]]
                times[name].append(f"{statistics.median(taken) * 1000:.1f} ms")
                if users == sizes[-1]:
                    with world.database.explained() as found:
                        client.seconds(question, some[0], users)
                    assert found, name
                    scans[name] = ", ".join(dict.fromkeys(found))
    head = "| | " + " | ".join(f"{users:,} users" for users in sizes) + " | scans at the last |"
    lines = [head, "|---|" + "---|" * (len(sizes) + 1)]
    lines += [
        f"| {name} | {' | '.join(values)} | {scans[name]} |" for name, values in times.items()
    ]
    return "\n".join(lines)


def by_workers(world: World, users: int) -> str:
    """Requests a second of the session check, with more workers and through PgBouncer."""
    lines = [
        "| session check in Python | requests a second | CPU a request | database connections |",
        "|---|---|---|---|",
    ]
    with pgbouncer(world.database.url) as pooled:
        limits = f"connection_limit={POOL}"
        ways = {
            "": f"{world.database.url}?{limits}",
            ", PgBouncer": f"{pooled}?pgbouncer=true&{limits}",
        }
        idle = asyncio.run(world.database.connections())
        for name, url in ways.items():
            for workers in WORKERS:
                with world.python(url, workers) as (process, address):
                    rate, cpu = asyncio.run(_throughput(process, address, users))
                    opened = asyncio.run(world.database.connections()) - idle
                label = f"{workers} worker{'s' if workers > 1 else ''}{name}"
                lines.append(f"| {label} | {rate:,.0f} | {cpu:.0f} µs | {opened} |")
    return "\n".join(lines)


async def _throughput(process: int, address: str, users: int) -> tuple[float, float]:
    parent = psutil.Process(process)
    processes = [process, *(child.pid for child in parent.children(recursive=True))]
    server = Asked(processes, address, "/email", better_auth_cookie)

    async def ask(requests: int) -> tuple[float, float]:
        some = iter(7919 * number % users + 1 for number in range(requests))
        cpu, start = server.cpu_seconds(), time.perf_counter()
        await asyncio.gather(*(browse(server, some) for _ in range(CONCURRENCY)))
        taken = time.perf_counter() - start
        return requests / taken, (server.cpu_seconds() - cpu) / requests * 1e6

    await ask(THROUGHPUT_REQUESTS // 4)
    return await ask(THROUGHPUT_REQUESTS)


def write(tables: Sequence[str]) -> None:
    """Replaces the section of the document."""
    cores = f"{os.cpu_count()} cores of {processor()}"
    parts = [
        HEADING,
        f"Written by `make bench-growth` on {datetime.now(UTC):%Y-%m-%d}: {cores}, shared by the "
        "servers, PostgreSQL and the client. Each user has an account and a session. The first "
        "table has medians of one request at a time, and the indexes that `auto_explain` named for "
        "its statements; the second has 32 requests at a time.",
        *tables,
        "\n".join(COMMENTS),
    ]
    section = re.compile(rf"^{HEADING}\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    text = section.sub("", DOCUMENT.read_text(encoding="utf-8")).rstrip("\n")
    DOCUMENT.write_text(text + "\n\n" + "\n\n".join(parts) + "\n", encoding="utf-8")
    print(f"Written: {DOCUMENT}", file=sys.stderr)


def main(sizes: Sequence[int]) -> None:
    with TemporaryDirectory(prefix="growth-") as folder, world(Path(folder)) as grown:
        tables = [by_size(grown, sizes), by_workers(grown, sizes[-1])]
    print("\n\n".join(tables))
    write(tables)


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or SIZES)
