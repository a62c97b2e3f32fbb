"""Failures of setup: one sentence, a non-zero status, no data lost, no secret shown."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from hooks.demo import STACKS
from hooks.node import NODE, environment
from hooks.servers import free_port
from tests.foreign_variables import DEBUGGER
from tests.project.projects import NO_AGENT, Project, read_up_to, sentence
from tests.sampling import in_stack

pytestmark = pytest.mark.e2e
in_each_stack = pytest.mark.parametrize("stack", STACKS, scope="module")

#: Without this capability, root is subject to file permissions.
AS_A_USER = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []
OWN_FIELDS = "  // Your own fields and relations of User go below this line.\n"


@pytest.fixture
def project(stack: str, set_up: Callable[[str], Project]) -> Project:
    """A project after setup on its embedded PostgreSQL."""
    return set_up(stack)


@in_each_stack
def test_a_repeated_setup_finds_nothing_to_do(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    # That of the tests; without it, setup compiles Prisma and better-auth into a cache.
    monkeypatch.delenv("NODE_COMPILE_CACHE")
    before = project.env_file.read_bytes()
    again = project.setup()
    assert again.returncode == 0
    assert "nothing to change" in again.stdout
    assert re.search(r"^and open http://localhost:\d+/auth/sign-up$", again.stdout, re.M)
    assert project.env_file.read_bytes() == before
    assert project.env_file.stat().st_mode & 0o777 == 0o600
    checked = project.setup("--check")
    assert checked.returncode == 0
    assert checked.stdout.endswith("\nAll is well.\n")
    assert [*project.folder.glob("node_modules/.cache/better-auth-setup/node/*/*")]


@in_stack("typescript")
def test_a_stale_prisma_client_is_generated_again(
    project: Project,
) -> None:
    schema = project.folder / "prisma" / "schema.prisma"
    text = schema.read_text()
    client = (
        project.folder / ("auth" if project.is_python else "src") / "generated/prisma/client.ts"
    )
    schema.write_text(text + "\nmodel Note {\n  id String @id\n}\n")
    prisma(project, "generate")
    assert "export type Note" in client.read_text()
    schema.write_text(text)
    assert project.setup().returncode == 0
    assert "export type Note" not in client.read_text()


@in_stack("typescript")
def test_concurrent_setups_exclude_each_other(project: Project) -> None:
    first = project.start_setup()
    try:
        read_up_to("✓ tools", first)
        first.send_signal(signal.SIGSTOP)  # it would end before a slow second one begins
        assert "Another setup is running" in sentence(project.setup())
    finally:
        first.send_signal(signal.SIGCONT)
        first.communicate(timeout=600)
    assert first.returncode == 0


@in_stack("python")
def test_a_wrong_password_is_reported(project: Project) -> None:
    url = project.url
    password = url.split(":")[2].split("@")[0]
    wrong = url.replace(password, "wr0ng-passw0rd")
    result = project.setup(DATABASE_URL=wrong, **NO_AGENT, **DEBUGGER)
    assert result.returncode == 1 and "does not accept the password" in result.stderr
    assert "wr0ng-passw0rd" not in result.stdout + result.stderr


@in_stack("typescript")
def test_an_unreachable_server_is_reported(project: Project) -> None:
    address = f"127.0.0.1:{free_port()}"
    result = project.setup(DATABASE_URL=f"postgresql://app:s3cret-word@{address}/app")
    assert f"{address} cannot be reached" in sentence(result)
    assert "s3cret-word" not in result.stdout + result.stderr


@in_stack("typescript")
def test_a_deleted_embedded_server_is_reported(project: Project) -> None:
    project.stop_database()
    folder = project.folder / ".postgres"
    folder.rename(project.folder / ".deleted")
    try:
        assert "or empty it if you deleted .postgres: setup makes" in sentence(project.setup())
    finally:
        (project.folder / ".deleted").rename(folder)


@in_stack("python")
def test_an_unknown_host_is_reported(project: Project) -> None:
    url = "postgresql://app:s3cret-word@database.invalid/app"
    assert "database.invalid:5432 cannot be reached" in sentence(project.setup(DATABASE_URL=url))


@in_stack("typescript")
def test_a_server_of_another_kind_is_reported(project: Project) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=greet_like_mysql, args=[server], daemon=True)
        thread.start()
        url = f"postgresql://app:s3cret-word@127.0.0.1:{server.getsockname()[1]}/app"
        assert "is MySQL, but" in sentence(project.setup(DATABASE_URL=url))


def greet_like_mysql(server: socket.socket) -> None:
    """Sends the start of MySQL's first packet to each client."""
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return  # the test is over
        connection.sendall(bytes([74, 0, 0, 0, 10]) + b"8.4.0" + bytes(69))


@in_stack("python")
def test_a_url_of_another_provider_is_reported(project: Project) -> None:
    result = project.setup(DATABASE_URL="mysql://app:s3cret-word@127.0.0.1/app")
    assert "a database URL for postgresql starts with postgresql:" in sentence(result)
    assert "s3cret-word" not in result.stdout + result.stderr


@in_stack("typescript")
def test_a_missing_database_is_created_and_no_process_has_the_password(project: Project) -> None:
    """Even if there is Prisma's own engine, which would get it as an argument."""
    server, _, _ = project.url.rpartition("/")
    native = project.folder / "node_modules" / "@prisma" / "engines" / "schema-engine-native"
    native.write_text("#!/bin/sh\nsleep 1\nexit 1\n")
    native.chmod(0o755)
    try:
        with hiding_the_password(project):
            result = project.setup(DATABASE_URL=f"{server}/another")
    finally:
        native.unlink()
    assert result.returncode == 0, result.stderr
    assert '"another"' in result.stdout
    assert "tables updated" in result.stdout


@in_stack("python")
def test_no_process_of_the_owners_prisma_commands_has_the_password(project: Project) -> None:
    with hiding_the_password(project):
        pushed = prisma(project, "db", "push")
    assert "already in sync" in pushed


def prisma(project: Project, *arguments: str) -> str:
    """The output of Prisma's CLI, started as `npx prisma` starts it."""
    command = [str(NODE / "bin" / "node"), "node_modules/prisma/build/index.js", *arguments]
    done = subprocess.run(
        command, cwd=project.folder, env=environment(), check=True, capture_output=True, text=True
    )
    return done.stdout


@contextmanager
def hiding_the_password(project: Project) -> Iterator[None]:
    """Checks that its schema engine runs, and no command line has the database's password."""
    password = project.url.split(":")[2].split("@")[0].encode()
    seen, engines, is_over = set[bytes](), set[bytes](), threading.Event()

    def look() -> None:
        while not is_over.wait(0.01):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                with suppress(OSError):  # it has ended
                    seen.add(line := path.read_bytes())
                    # Other workers of the tests have projects with engines of their own.
                    if b"schema-engine" in line and belongs_to(project, path.parent, line):
                        engines.add(line)

    watch = threading.Thread(target=look)
    watch.start()
    try:
        yield
    finally:
        is_over.set()
        watch.join()
    assert engines
    assert not [line for line in seen if password in line]


def belongs_to(project: Project, process: Path, command: bytes) -> bool:
    """Whether a process, a folder of /proc, runs in a project's folder or on a file in it."""
    folder = project.folder.resolve()
    return os.fsencode(folder) in command or (process / "cwd").readlink().is_relative_to(folder)


@in_stack("python")
def test_a_taken_port_is_reported(project: Project) -> None:
    port = int(project.url.rpartition(":")[2].split("/")[0])
    project.stop_database()
    with socket.create_server(("127.0.0.1", port)):
        assert str(port) in sentence(project.setup())
    assert project.setup().returncode == 0


@in_stack("typescript")
def test_a_read_only_folder_is_reported(project: Project) -> None:
    project.folder.chmod(0o555)
    try:
        assert "read-only" in sentence(project.setup(prefix=AS_A_USER))
    finally:
        project.folder.chmod(0o755)


@in_stack("python")
def test_an_env_file_edited_by_hand_is_completed_and_kept(project: Project) -> None:
    path = project.env_file
    before = path.read_bytes()
    url = project.url
    own = (
        "# mine \u2013 do not touch\r\n"
        f"export DATABASE_URL='{url}' # local\r\n"
        "\r\n"
        'GREETING="hello # world"\r\n'
        "BETTER_AUTH_SECRET=   # to be filled in"
    ).encode()
    example = project.folder / ".env.example"
    released = example.read_bytes()
    example.write_bytes(released + b"\n# What it is for.\nNEW_IN_A_RELEASE=value\n")
    path.write_bytes(own)
    try:
        assert project.setup().returncode == 0
        content = path.read_bytes()
        secret = project.variables()["BETTER_AUTH_SECRET"]
        assert len(secret) >= 32
        start, _, comment = own.partition(b"   #")
        assert content.startswith(start)
        assert content[len(start) :].strip(b'"').startswith(secret.encode())
        assert b"  #" + comment in content
        assert project.variables()["GREETING"] == "hello # world"
        assert b"\r\n\r\n# What it is for.\r\nNEW_IN_A_RELEASE=value\r\n" in content
    finally:
        example.write_bytes(released)
        path.write_bytes(before)


@in_stack("python")
def test_data_loss_is_refused_without_the_flag(project: Project) -> None:
    project.query(
        'INSERT INTO "user" (id, name, email, "updatedAt") '
        "VALUES ('1', 'A', 'a@example.com', now())"
    )
    schema = project.folder / "prisma" / "schema.prisma"
    text = schema.read_text()
    assert OWN_FIELDS in text
    schema.write_text(text.replace(OWN_FIELDS, OWN_FIELDS + "  nickname String?\n"))
    assert project.setup().returncode == 0
    project.query("""UPDATE "user" SET nickname = 'Al'""")
    schema.write_text(text)
    assert "--accept-data-loss" in sentence(project.setup())
    assert project.query('SELECT nickname FROM "user"') == "Al"
    assert project.setup("--accept-data-loss", **NO_AGENT).returncode == 0
    assert project.query('SELECT name FROM "user"') == "A"


@in_each_stack
def test_an_unreachable_package_index_is_reported(
    stack: str, template: Path, tmp_path: Path
) -> None:
    project = Project(stack, template, tmp_path / "offline", [])
    closed = f"http://127.0.0.1:{free_port()}"
    result = project.setup(
        UV_NO_CACHE="1",
        UV_INDEX_URL=closed,
        UV_DEFAULT_INDEX=closed,
        PIP_INDEX_URL=closed,
        npm_config_registry=closed,
        npm_config_fetch_retries="0",
        npm_config_cache=str(tmp_path / "cache"),
    )
    assert result.returncode == 1
    last = result.stderr.strip().splitlines()[-1]
    assert "packages cannot be" in last and "HTTPS_PROXY" in last
    assert not (project.folder / ".postgres").exists()
    assert project.env_file.stat().st_mode & 0o777 == 0o600
    checked = project.setup("--check")
    assert checked.returncode == 1
    assert "packages are not installed" in checked.stdout + checked.stderr


@in_stack("python")
def test_conflict_markers_are_reported(project: Project) -> None:
    readme = project.folder / "README.md"
    text = readme.read_text()
    readme.write_text(f"<<<<<<< before updating\n{text}=======\n>>>>>>> after updating\n")
    try:
        checked = project.setup("--check")
        assert checked.returncode == 1
        assert "conflicts" in checked.stdout + checked.stderr
        assert "README.md" in checked.stdout + checked.stderr
        assert "README.md" in sentence(project.setup())
    finally:
        readme.write_text(text)
