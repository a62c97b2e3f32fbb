"""Setup connects as the application does: PostgreSQL with TLS by a private CA."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from better_auth_sidecar import connect

from hooks.node import environment
from tests.database_url.server import PASSWORD, Postgresql, tls_postgresql
from tests.project.typescript import run_node, serving
from tests.project.workshop import PRISMA
from tests.setup.npm_project import NODE_FILE, NpmProject, npm_project

CERTIFICATES = ("ca.pem", "other.pem", "holder.pem", "holder.key")
SECRET = "BETTER_AUTH_SECRET=9Zk2vQ7mXw4TnRb8LsYc3HpJd6FgAe1U\n"

#: Parameters and setup's message, which is empty if the application can connect.
PARAMETERS = {
    "": "Add sslmode=verify-full to DATABASE_URL in .env.local: the server requires TLS.",
    "sslmode=disable": "Add sslmode=verify-full to DATABASE_URL in .env.local",
    "sslmode=require": "Add sslrootcert= (its authority's file) or sslmode=no-verify to ",
    "sslmode=verify-full": "Add sslrootcert= (its authority's file) or sslmode=no-verify to ",
    "sslmode=prefer": "Add sslrootcert= (its authority's file) or sslmode=no-verify to ",
    "sslmode=require&sslcert=other.pem": "Add sslrootcert= (its authority's file) or ",
    "sslmode=no-verify": "",
    "sslmode=require&sslaccept=accept_invalid_certs": "",
    "sslmode=require&sslaccept=strict&sslcert=ca.pem": "",
    "sslmode=verify-full&sslrootcert=ca.pem": "",
    "sslrootcert=ca.pem&connection_limit=1&pool_timeout=60&application_name=own": "",
    "channel_binding=require&sslrootcert=ca.pem": "Remove channel_binding=require",
}
#: The same for the user with a certificate.
OF_HOLDER = {
    "sslrootcert=ca.pem": "Add sslcert= and sslkey= to DATABASE_URL in .env.local",
    "sslrootcert=ca.pem&sslcert=holder.pem&sslkey=holder.key": "",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Postgresql]:
    with tls_postgresql() as server:
        yield server


@pytest.fixture(scope="module")
def typescript(server: Postgresql, tmp_path_factory: pytest.TempPathFactory) -> NpmProject:
    project = npm_project(tmp_path_factory.mktemp("typescript") / "project")
    prepare(project.folder, server)
    return project


@pytest.fixture(scope="module")
def python(server: Postgresql, tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = npm_project(tmp_path_factory.mktemp("python") / "project", stack="python")
    prepare(project.folder, server)
    return project.folder


def prepare(folder: Path, server: Postgresql) -> None:
    for name in CERTIFICATES:
        shutil.copy(server.folder / name, folder)
    (folder / ".env.local").write_text(SECRET)
    run_node(folder, PRISMA, "generate")


PLACE = "DATABASE_URL in .env.local"
CONNECT = "packages/better-auth-setup/src/connect.ts"
Prove = Callable[[str], str]


@pytest.fixture(params=["typescript", "python"])
def prove(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    typescript: NpmProject,
    python: Path,
) -> Prove:
    """Connects with a language's driver, in a clean environment; returns its output."""
    monkeypatch.setenv("PGSSLMODE", "require")
    monkeypatch.setenv("PGSSLROOTCERT", "other.pem")
    monkeypatch.setenv("PGPASSWORD", PASSWORD)

    def of_typescript(url: str) -> str:
        command = [NODE_FILE, CONNECT, "src/lib/prisma.ts", PLACE]
        variables = environment(DATABASE_URL=url)
        done = subprocess.run(
            command, cwd=typescript.folder, env=variables, capture_output=True, text=True
        )
        problem = done.stdout.strip().removeprefix("problem: ")
        assert done.returncode == bool(problem), done.stderr
        return problem

    def of_python(url: str) -> str:
        return connect.problem(url, python, PLACE)

    return of_python if request.param == "python" else of_typescript


@pytest.mark.parametrize("parameters", PARAMETERS)
def test_setup_accepts_or_refuses_tls_parameters(
    prove: Prove, server: Postgresql, parameters: str
) -> None:
    problem, expected = prove(server.url(parameters)), PARAMETERS[parameters]
    assert problem.startswith(expected) and bool(problem) == bool(expected), problem
    assert "geheim" not in problem


@pytest.mark.parametrize("parameters", OF_HOLDER)
def test_client_certificates(prove: Prove, server: Postgresql, parameters: str) -> None:
    problem, expected = prove(server.url(parameters, user="holder")), OF_HOLDER[parameters]
    assert problem.startswith(expected) and bool(problem) == bool(expected), problem


def test_other_connection_methods(prove: Prove, server: Postgresql) -> None:
    socket = f"{server.folder}/data"
    assert prove(server.url(f"host={socket}")) == ""
    assert prove(server.url(host=quote(socket, safe=""))) == ""
    assert prove(server.url("sslmode=no-verify", host="[::1]")) == ""
    wrong = prove(server.url("sslrootcert=ca.pem", host="localhost"))
    assert wrong.startswith("Name the host in DATABASE_URL in .env.local as its certificate")
    for login in (":pass@", ":@", "@"):
        wrong = prove(server.url("sslmode=no-verify").replace(f":{PASSWORD}@", login))
        assert wrong.startswith("Correct DATABASE_URL in .env.local: ")
        assert "pass" not in wrong.replace("password", "")


def test_a_project_with_a_certificate_from_setup_to_a_sign_up(
    typescript: NpmProject, server: Postgresql
) -> None:
    parameters = "sslrootcert=ca.pem&sslcert=holder.pem&sslkey=holder.key&schema=own"
    url = server.url(parameters, user="holder")
    assert "tables updated" in typescript.done("setup", DATABASE_URL=url)
    with serving(typescript.folder, DATABASE_URL=url) as running:
        running.browser().sign_up()


PROVE = """
from pathlib import Path
from better_auth_setup import connection
from better_auth_setup.problem import Problem
from better_auth_setup.project import Project
from better_auth_setup.settings import Settings

here = Path.cwd()
try:
    print(connection.prove(Project(here), Settings(here)))
except Problem as problem:
    print(problem)
"""


def test_setup_of_a_python_project_tries_both_drivers(python: Path, server: Postgresql) -> None:
    packages = [f"packages/better-auth-{name}/src" for name in ("setup", "sidecar")]

    def message(parameters: str) -> str:
        variables = environment(
            DATABASE_URL=server.url(parameters), PYTHONPATH=os.pathsep.join(packages)
        )
        command = [sys.executable, "-c", PROVE]
        done = subprocess.run(command, cwd=python, env=variables, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    assert message("sslrootcert=ca.pem") == "the application can connect"
    assert message("sslmode=require").startswith("Add sslrootcert= (its authority's file) or ")
