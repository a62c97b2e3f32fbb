"""The auth server's process: crashes, restarts, edits, several workers."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest

from hooks.node import NODE
from hooks.servers import free_port
from tests.editors import by_backup, by_deleting, by_rename, in_place
from tests.sidecar.load import DISCONNECTED, GET, OWN, POST, failures, under_load
from tests.sidecar.projects import (
    COMMANDS,
    PACKAGE,
    UVICORN,
    Server,
    app_environment,
    serving,
)
from tests.some import some
from tests.waiting import TIMEOUT, wait_for


@pytest.fixture
def copy(project: Path, tmp_path: Path) -> Path:
    """A copy of the project that the test may change."""
    ignore = shutil.ignore_patterns("*.log")
    return Path(shutil.copytree(project, tmp_path / "project", symlinks=True, ignore=ignore))


def pid(server: Server) -> int:
    """The id of the responding process."""
    answer = httpx.get(f"{server.address}/api/auth/probe/slow?ms=0")
    assert answer.status_code == 200, answer.text
    found: int = answer.json()["pid"]
    return found


def is_alive(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    return False


def answer_of(server: Server) -> httpx.Response:
    return httpx.get(f"{server.address}/api/auth/ok")


def test_a_killed_auth_server_is_restarted(project: Path) -> None:
    with serving(project) as server:
        before = pid(server)
        with under_load(server.address) as counts:
            for _ in range(3):
                os.kill(pid(server), signal.SIGKILL)
                # At the next kill, no request is older than the proxy's time-out.
                sent = sum([*counts.values()])
                wait_for(lambda sent=sent: sum([*counts.values()]) > sent + 24)  # type: ignore[misc]
        assert failures(counts, GET, OWN) == {}
        assert {status for request, status in counts if request == POST} <= {200, 503}
        assert pid(server) != before


def test_a_crashed_auth_server_restarts_at_once(project: Path) -> None:
    with serving(project) as server:
        before = pid(server)
        wait_for(lambda: "The auth server is up" in server.text())
        time.sleep(1.2)  # it is then known to start
        httpx.post(
            f"{server.address}/api/auth/probe/end", json={}, headers={"Origin": server.address}
        )
        wait_for(lambda: pid(server) != before)
        wait_for(lambda: "has ended (3), and starts again" in server.text())


@pytest.mark.e2e
def test_workers_share_the_auth_server_and_take_it_over(project: Path) -> None:
    with serving(project, [*UVICORN, "--workers", "3"]) as server:
        assert pid(server)
        assert len(server.children()) == 1
        with under_load(server.address) as counts:
            owner = server.child().parent()
            assert owner is not None
            owner.kill()
            wait_for(lambda: len(server.children()) == 1 and server.child().parent() != owner)
        # Requests that the killed worker had accepted are lost, at most one of each thread.
        lost = sum(count for (_, status), count in counts.items() if status == DISCONNECTED)
        assert lost <= 4
        statuses = {status for request, status in counts if request == GET}
        assert statuses <= {200, DISCONNECTED}
        assert {status for _, status in counts} <= {200, 503, DISCONNECTED}
        assert {pid(server) for _ in range(20)} == {server.child().pid}


@pytest.mark.e2e
@pytest.mark.parametrize(
    "command",
    [
        pytest.param(command, marks=pytest.mark.exhaustive if command == "uvicorn --reload" else ())
        for command in COMMANDS
    ],
)
def test_it_ends_with_the_application(project: Path, command: str) -> None:
    with serving(project, COMMANDS[command]) as server:
        child = psutil.Process(pid(server))
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(timeout=TIMEOUT)
        wait_for(lambda: not child.is_running())


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(
            command, marks=() if command in ("uvicorn", "fastapi dev") else pytest.mark.exhaustive
        )
        for command in COMMANDS
        if command != "gunicorn"  # its workers go on, whatever the application is
    ],
)
def test_it_ends_with_a_killed_application(project: Path, command: str) -> None:
    """The application's workers end, too; else they would block the port for the next start."""
    with serving(project, COMMANDS[command]) as server:
        assert pid(server)
        processes = psutil.Process(server.process.pid).children(recursive=True)
        server.process.kill()
        wait_for(lambda: not any(is_alive(process) for process in processes))
    if command == "uvicorn":
        with serving(project) as again:
            assert pid(again)


@pytest.mark.e2e
def test_edits_are_live_without_a_failed_request(copy: Path) -> None:
    file = copy / "auth/auth.ts"
    text = file.read_text()
    ways: list[Callable[[Path, str], None]] = [in_place, by_rename, by_backup, by_deleting]
    with serving(copy) as server:
        with under_load(server.address) as counts:
            for number, save in enumerate([*ways, in_place]):
                before = pid(server)
                save(file, f"{text}\n// {number}\n")
                wait_for(lambda before=before: pid(server) != before)  # type: ignore[misc]
            # A slow machine sends fewer requests during the edits.
            wait_for(lambda: counts[GET, 200] > 50)
        assert failures(counts, GET, POST, OWN) == {}


def test_the_configuration_follows_edits(copy: Path) -> None:
    file = copy / "auth/auth.ts"
    with serving(copy) as server:

        def cookie() -> str:
            answer = httpx.get(f"{server.address}/configuration").json()
            return str(answer["cookie"]["name"])

        assert cookie() == "better-auth.session_token"
        text = file.read_text()
        assert "advanced: {" in text
        file.write_text(text.replace("advanced: {", 'advanced: {\n    cookiePrefix: "mine",'))
        wait_for(lambda: cookie() == "mine.session_token")


def test_a_failed_start_reports_the_reason(copy: Path) -> None:
    file = copy / "auth/auth.ts"
    text = file.read_text()
    file.write_text(f'{text}\nthrow new Error("I am broken");\n')
    with serving(copy) as server:
        answer = answer_of(server)
        assert answer.status_code == 503
        assert "I am broken" in answer.text
        posted = httpx.post(f"{server.address}/api/auth/sign-out", json={"a": "b" * 500_000})
        assert posted.status_code == 503 and "I am broken" in posted.text
        assert httpx.get(f"{server.address}/health").status_code == 200
        assert httpx.get(f"{server.address}/ready").status_code == 503
        wait_for(lambda: "I am broken" in server.text())
        file.write_text(text)
        wait_for(lambda: answer_of(server).status_code == 200)
        # Prisma's first query may take longer than the route waits.
        wait_for(lambda: httpx.get(f"{server.address}/ready").is_success)


def test_a_missing_package_is_named_with_the_remedy(copy: Path) -> None:
    shutil.rmtree(copy / "auth/generated")
    with serving(copy) as server:
        assert "Run the project's setup" in answer_of(server).text


def test_production_does_not_reveal_the_reason(copy: Path) -> None:
    file = copy / "auth/auth.ts"
    file.write_text(f'{file.read_text()}\nthrow new Error("I am broken");\n')
    settings = {"BETTER_AUTH_ENV": "production", "BETTER_AUTH_URL": "https://example.com"}
    with serving(copy, **settings) as server:
        answer = answer_of(server)
        assert answer.status_code == 503
        assert "broken" not in answer.text
        wait_for(lambda: "I am broken" in server.text())
        # Without a watch, it retries.
        file.write_text(file.read_text().replace("throw new", "void "))
        wait_for(lambda: answer_of(server).status_code == 200)


def test_a_long_log_line_is_passed_on(copy: Path) -> None:
    file = copy / "auth/auth.ts"
    file.write_text(f'{file.read_text()}\nconsole.info("x".repeat(1_000_000) + "\\nthe next");\n')
    with serving(copy) as server:
        assert answer_of(server).status_code == 200
        wait_for(lambda: "the next" in server.text())


def test_its_log_goes_to_the_applications_with_request_ids(server: Server) -> None:
    with server.client() as browser:
        named = browser.get("/api/auth/probe/request", headers={"X-Request-Id": "mine-1"})
        assert named.headers.get_list("x-request-id") == ["mine-1"]
        assert dict(named.json()["headers"])["x-request-id"] == "mine-1"
        made = browser.get("/api/auth/probe/request", headers={"X-Request-Id": "not one!"})
        assert made.headers["x-request-id"] == dict(made.json()["headers"])["x-request-id"]
        assert len(made.headers["x-request-id"]) == 16
    wait_for(lambda: "The auth server is up" in server.text())


def test_the_environment_of_the_child(server: Server) -> None:
    pid(server)
    child = server.child()
    assert child.cmdline()[1:] == ["auth/server.ts"]
    assert child.environ()["UV_THREADPOOL_SIZE"] == "32"
    folder = Path(tempfile.gettempdir()) / f"better-auth-{os.getuid()}"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in some(folder.glob("*.sock")):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_an_external_auth_server(project: Path) -> None:
    """No process is started, and the caller's address is passed on as usual."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = app_environment(PORT=str(port), BETTER_AUTH_URL="http://localhost:8000")
    auth = subprocess.Popen([NODE / "bin/node", "auth/server.ts"], cwd=project, env=environment)
    try:
        with serving(project, AUTH_SERVER_URL=url) as server:
            assert wait_for(lambda: answer_of(server).status_code == 200)
            assert server.children() == []
            wait_for(lambda: httpx.get(f"{server.address}/ready").is_success)
            transport = httpx.HTTPTransport(local_address="127.0.0.2")
            with httpx.Client(transport=transport) as client:
                answer = client.get(f"{server.address}/api/auth/probe/request").json()
            assert answer["address"] == "127.0.0.2"
            assert auth.poll() is None
            auth.terminate()
            auth.wait(timeout=TIMEOUT)
            assert httpx.get(f"{server.address}/health").status_code == 200
            answer = httpx.get(f"{server.address}/api/auth/ok")
            assert answer.status_code == 503
            assert answer.json() == {"message": "The auth server did not answer. Try again."}
    finally:
        auth.kill()
        auth.wait()


WINDOWS = """
import asyncio, sys
import aiohttp, fastapi, pydantic_settings, uvicorn.middleware.proxy_headers
sys.platform = "win32"
sys.modules["fcntl"] = None
from main import auth_server
async def main():
    async with auth_server.running():
        print("runs")
asyncio.run(main())
"""


def test_windows_needs_an_external_auth_server(project: Path) -> None:
    """The application does not start one there."""

    def run(**settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", WINDOWS],
            cwd=project,
            env=app_environment(BETTER_AUTH_URL="http://localhost:8000", **settings),
            capture_output=True,
            text=True,
        )

    assert run(AUTH_SERVER_URL="http://127.0.0.1:3000").stdout == "runs\n"
    refused = run()
    assert refused.returncode == 1
    assert "AuthServerError: Set AUTH_SERVER_URL and start `node auth/server.ts`" in refused.stderr


def test_the_tested_package_is_the_templates() -> None:
    import better_auth_sidecar

    assert Path(better_auth_sidecar.__file__).is_relative_to(PACKAGE)
