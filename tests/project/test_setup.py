"""Setup in trouble: one sentence each, a status that says so, nothing lost and no secret shown."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from dotenv import dotenv_values

from hooks.demo import STACKS, environment, free_port, run, serving, walk_through
from tests.template import render

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("setup")]
PYTHON = STACKS["python"]

#: Root may write everywhere; without this capability it is a user like others.
AS_A_USER = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []
OWN_FIELDS = "  // Your own fields and relations of User go below this line.\n"


@pytest.fixture(scope="module")
def project(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project that was set up on its own PostgreSQL."""
    directory = render(template, tmp_path_factory.mktemp("setup"), {"plugins": ["admin"]})
    run(PYTHON.setup, directory)
    yield directory
    run(PYTHON.stop, directory)


def setup(
    project: Path, *arguments: str, prefix: Sequence[str] = (), **variables: str
) -> subprocess.CompletedProcess[str]:
    """Runs setup; whatever it says, it is no traceback and no secret."""
    command = [*prefix, *PYTHON.setup, *arguments]
    result = subprocess.run(
        command,
        cwd=project,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=200,
    )
    said = result.stdout + result.stderr
    assert "Traceback" not in said
    values = env_file(project) | variables
    for name in ("DATABASE_URL", "BETTER_AUTH_SECRET"):
        value = values.get(name)
        assert not value or value not in said
    return result


def sentence(result: subprocess.CompletedProcess[str]) -> str:
    """What setup says when it fails: one line."""
    assert result.returncode == 1, result.stdout + result.stderr
    (line,) = result.stderr.strip().splitlines()
    return line


def env_file(project: Path) -> dict[str, str]:
    return {name: value or "" for name, value in dotenv_values(project / ".env.local").items()}


def query(project: Path, sql: str) -> str:
    """What the project's database answers."""
    code = (
        "import asyncio, asyncpg, os\n"
        "async def main():\n"
        "    connection = await asyncpg.connect(os.environ['URL'])\n"
        "    print(await connection.fetchval(os.environ['SQL']))\n"
        "asyncio.run(main())"
    )
    variables = {**os.environ, "URL": env_file(project)["DATABASE_URL"], "SQL": sql}
    command = [".venv/bin/python", "-c", code]
    result = subprocess.run(
        command, cwd=project, env=variables, capture_output=True, text=True, check=True
    )
    return result.stdout.strip()


def killed_after(project: Path, line: str, seconds: float) -> None:
    """Runs setup and kills it some time after it printed the line."""
    command = subprocess.Popen(
        PYTHON.setup, cwd=project, env=environment(), stdout=subprocess.PIPE, text=True
    )
    assert command.stdout
    said = ""
    for said in command.stdout:
        if line in said:
            break
    assert line in said, f"setup ended before {line!r}"
    time.sleep(seconds)
    command.send_signal(signal.SIGKILL)
    command.wait()


def test_a_setup_killed_at_any_step_is_completed_by_the_next(
    template: Path, tmp_path: Path
) -> None:
    directory = render(template, tmp_path / "killed", {})
    # The first one is killed while packages are installed, the last while tables are made.
    for step in ("tools", "install", "settings", "database", "generate", "prisma"):
        killed_after(directory, f" {step} ", 0.3)
    again = setup(directory)
    try:
        assert again.returncode == 0, again.stdout + again.stderr
        assert setup(directory, "--check").returncode == 0
        names = re.findall(r"^(\w+)=", (directory / ".env.local").read_text(), re.MULTILINE)
        assert sorted(names) == sorted(env_file(directory))
        with serving(PYTHON, directory) as address:
            walk_through(address)
    finally:
        run(PYTHON.stop, directory)


def test_it_can_be_repeated_and_finds_nothing_to_do(project: Path) -> None:
    before = (project / ".env.local").read_bytes()
    again = setup(project)
    assert again.returncode == 0
    assert "nothing to change" in again.stdout
    assert (project / ".env.local").read_bytes() == before
    assert (project / ".env.local").stat().st_mode & 0o777 == 0o600
    assert setup(project, "--check").returncode == 0


def test_two_setups_at_once_do_not_meet(project: Path) -> None:
    first = subprocess.Popen(
        PYTHON.setup, cwd=project, env=environment(), stdout=subprocess.PIPE, text=True
    )
    assert first.stdout
    assert "tools" in first.stdout.readline()
    assert "Another setup is running" in sentence(setup(project))
    first.communicate(timeout=200)
    assert first.returncode == 0


def test_a_wrong_password_is_said(project: Path) -> None:
    url = env_file(project)["DATABASE_URL"]
    password = url.split(":")[2].split("@")[0]
    result = setup(project, DATABASE_URL=url.replace(password, "wr0ng-passw0rd"))
    assert "does not accept the password" in sentence(result)
    assert "wr0ng-passw0rd" not in result.stdout + result.stderr


def test_an_unreachable_server_is_said(project: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    result = setup(project, DATABASE_URL=f"postgresql://app:s3cret-word@{address}/app")
    assert f"{address} cannot be reached" in sentence(result)
    assert "s3cret-word" not in result.stdout + result.stderr


def test_an_unknown_host_is_said(project: Path) -> None:
    url = "postgresql://app:s3cret-word@database.invalid/app"
    assert "database.invalid:5432 cannot be reached" in sentence(setup(project, DATABASE_URL=url))


def test_a_server_of_another_kind_is_said(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        mysql = subprocess.Popen(
            [".venv/bin/python", "-c", GREETING, str(server.fileno())],
            cwd=project,
            pass_fds=[server.fileno()],
        )
        url = f"postgresql://app:s3cret-word@127.0.0.1:{port}/app"
        try:
            assert "is MySQL, but" in sentence(setup(project, DATABASE_URL=url))
        finally:
            mysql.kill()
            mysql.wait()


#: The start of MySQL's first packet, to everyone who connects.
GREETING = """
import socket, sys
server = socket.socket(fileno=int(sys.argv[1]))
while True:
    connection, _ = server.accept()
    connection.sendall(bytes([74, 0, 0, 0, 10]) + b"8.4.0" + bytes(69))
"""


def test_a_url_of_another_provider_is_said(project: Path) -> None:
    result = setup(project, DATABASE_URL="mysql://app:s3cret-word@127.0.0.1/app")
    assert "a database URL for postgresql starts with postgresql:" in sentence(result)
    assert "s3cret-word" not in result.stdout + result.stderr


def test_a_missing_database_is_created(project: Path) -> None:
    url = env_file(project)["DATABASE_URL"]
    server, _, name = url.rpartition("/")
    result = setup(project, DATABASE_URL=f"{server}/another")
    assert result.returncode == 0, result.stderr
    assert '"another"' in result.stdout
    assert "to be created" in result.stdout and "tables updated" in result.stdout
    assert name != "another"


def test_a_taken_port_is_said(project: Path) -> None:
    port = int(env_file(project)["DATABASE_URL"].rpartition(":")[2].split("/")[0])
    run(PYTHON.stop, project)
    with socket.create_server(("127.0.0.1", port)):
        assert str(port) in sentence(setup(project))
    assert setup(project).returncode == 0


def test_a_read_only_folder_is_said(project: Path) -> None:
    project.chmod(0o555)
    try:
        assert "read-only" in sentence(setup(project, prefix=AS_A_USER))
    finally:
        project.chmod(0o755)


def test_an_env_file_edited_by_hand_is_completed_and_kept(project: Path) -> None:
    path = project / ".env.local"
    before = path.read_bytes()
    url = env_file(project)["DATABASE_URL"]
    own = (
        "# mine \u2013 do not touch\r\n"
        f"export DATABASE_URL='{url}' # local\r\n"
        "\r\n"
        'GREETING="hello # world"\r\n'
        "BETTER_AUTH_SECRET=   # to be filled in"
    ).encode()
    path.write_bytes(own)
    try:
        assert setup(project).returncode == 0
        content = path.read_bytes()
        secret = env_file(project)["BETTER_AUTH_SECRET"]
        assert len(secret) >= 32
        assert own.replace(b"SECRET=   ", b"SECRET=" + secret.encode() + b"  ") in content
        assert env_file(project)["GREETING"] == "hello # world"
        assert "BETTER_AUTH_URL" in env_file(project)
    finally:
        path.write_bytes(before)


def test_a_change_that_would_lose_data_is_refused_until_told(project: Path) -> None:
    query(
        project,
        'INSERT INTO "user" (id, name, email, "updatedAt") '
        "VALUES ('1', 'A', 'a@example.com', now()) RETURNING id",
    )
    schema = project / "prisma" / "schema.prisma"
    text = schema.read_text()
    assert OWN_FIELDS in text
    schema.write_text(text.replace(OWN_FIELDS, OWN_FIELDS + "  nickname String?\n"))
    assert setup(project).returncode == 0
    query(project, """UPDATE "user" SET nickname = 'Al' RETURNING nickname""")
    schema.write_text(text)
    assert "--accept-data-loss" in sentence(setup(project))
    assert query(project, 'SELECT nickname FROM "user"') == "Al"
    assert setup(project, "--accept-data-loss").returncode == 0
    assert query(project, 'SELECT name FROM "user"') == "A"


def test_an_unreachable_package_index_is_said(template: Path, tmp_path: Path) -> None:
    directory = render(template, tmp_path / "offline", {})
    closed = f"http://127.0.0.1:{free_port()}"
    result = setup(
        directory,
        UV_NO_CACHE="1",
        UV_INDEX_URL=closed,
        UV_DEFAULT_INDEX=closed,
        PIP_INDEX_URL=closed,
    )
    assert "cannot be downloaded" in sentence(result)
    assert not (directory / ".postgres").exists()
    assert not (directory / "node_modules").exists()


def test_conflict_markers_are_reported(project: Path) -> None:
    readme = project / "README.md"
    text = readme.read_text()
    readme.write_text(f"<<<<<<< before updating\n{text}=======\n>>>>>>> after updating\n")
    try:
        checked = setup(project, "--check")
        assert checked.returncode == 1
        assert "README.md has conflicts" in checked.stdout
        assert "README.md" in sentence(setup(project))
    finally:
        readme.write_text(text)
