"""The database of a running application is killed and restarted under load."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import pytest
from dotenv import dotenv_values

from hooks.demo import STACKS, run, serving
from tests import passwords
from tests.npm_packages import lend
from tests.patience import wait_for_transactions
from tests.project.outage import PASSWORD, Crowd
from tests.template import render

pytestmark = pytest.mark.e2e
PYTHON = STACKS["python"]
PEOPLE = 30
REQUESTS = 600


@pytest.fixture(scope="module")
def project(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = render(template, tmp_path_factory.mktemp("app"), {"rate_limit_storage": "database"})
    passwords.make_cheap(folder / "auth" / "auth.ts")
    wait_for_transactions(folder / "auth" / "prisma.ts")
    run(PYTHON.setup, lend(folder))
    yield folder
    run(PYTHON.stop, folder)


@pytest.fixture(params=[1, pytest.param(2, marks=pytest.mark.exhaustive)])
def crowd(
    request: pytest.FixtureRequest, project: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Crowd]:
    """Users of a running application with one or more processes."""
    monkeypatch.setenv("TRUSTED_PROXIES", "127.0.0.1")
    monkeypatch.setenv(passwords.VARIABLE, "1")
    url = dotenv_values(project / ".env.local")["DATABASE_URL"]
    monkeypatch.setenv("DATABASE_URL", f"{url}?pool_timeout=60&connect_timeout=60")
    server = replace(PYTHON, serve=[*PYTHON.serve, "--workers", str(request.param)])
    with serving(server, project) as address:
        yield Crowd(address)


def kill_database(project: Path) -> None:
    lock = project / ".postgres" / "data" / "postmaster.pid"
    os.kill(int(lock.read_text().split()[0]), signal.SIGKILL)


def start_database(project: Path) -> None:
    run([".venv/bin/better-auth-setup", "database", "start"], project)


async def test_requests_fail_only_during_the_outage_and_acknowledged_writes_survive(
    project: Path, crowd: Crowd
) -> None:
    people = [crowd.person() for _ in range(PEOPLE)]
    await asyncio.gather(*(crowd.sign_up(person) for person in people))
    crowd.answers.clear()

    using = [asyncio.create_task(crowd.use(person, REQUESTS)) for person in people]
    await crowd.has_answers(REQUESTS * 3 // 10)
    went = time.monotonic()
    kill_database(project)
    await asyncio.sleep(0.5)
    await asyncio.to_thread(start_database, project)
    came_back = time.monotonic()
    await asyncio.gather(*using)

    failed = [answer for answer in crowd.answers if answer.status != 200]
    assert {answer.status for answer in failed if not answer.name.startswith("/api/")} == {503}
    # Without a database, better-auth answers sign-ups with 422.
    assert {answer.status for answer in failed} <= {422, 500, 503}
    outside = [answer for answer in failed if answer.ended < went or answer.began > came_back]
    assert not outside
    assert sum(answer.began > came_back for answer in crowd.answers) > REQUESTS * 0.2

    connection = await asyncpg.connect(dotenv_values(project / ".env.local")["DATABASE_URL"])
    names = dict(await connection.fetch('SELECT email, name FROM "user"'))
    await connection.close()
    assert {*crowd.signed_up} <= {*names}
    for person in people:
        assert names[person.email] in (person.name, person.doubtful)

    newcomer = crowd.person()
    for email in crowd.signed_up[:: len(crowd.signed_up) // 10]:
        body = {"email": email, "password": PASSWORD}
        answer = await newcomer.http.post("/api/auth/sign-in/email", json=body)
        assert answer.status_code in (200, 429)
    for person in [*people, newcomer]:
        await person.http.aclose()


async def test_requests_beyond_the_pool_size_wait(crowd: Crowd) -> None:
    person = crowd.person()
    await crowd.sign_up(person)
    cookies = person.http.cookies
    crowd.answers.clear()

    async def look() -> None:
        visitor = crowd.person()
        visitor.http.cookies = cookies
        await crowd.use(visitor, 200)
        await visitor.http.aclose()

    await asyncio.gather(*(look() for _ in range(100)))
    await person.http.aclose()
    assert {answer.status for answer in crowd.answers} == {200}
