"""The session check with an auth server that the application starts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import trustme
from better_auth_sidecar import AuthServer
from better_auth_sidecar.testing import sign_in
from dotenv import dotenv_values

from tests.sidecar.session_world import BASE_URL, application, make_settings, running
from tests.waiting import wait_until
from tests.wrapped import unwrapped


async def test_an_edit_of_auth_ts_is_applied_in_python(
    session_project: Path, tmp_path: Path
) -> None:
    """New names of cookies, tables and columns are used at once."""
    project = tmp_path / "app"
    shutil.copytree(session_project, project, symlinks=True)
    values = {k: v or "" for k, v in dotenv_values(project / ".env.local").items()}
    settings = make_settings(values, better_auth_url=BASE_URL)
    auth_server = AuthServer(project, settings)
    async with running(application(auth_server)) as client:
        user = await sign_in(client, auth_server)
        assert (await client.get("/who")).json() == user
        auth = project / "auth/auth.ts"
        text = auth.read_text()
        edited = text.replace("advanced: {", 'advanced: {\n    cookiePrefix: "acme",', 1)
        assert edited != text
        auth.write_text(edited)

        async def is_applied() -> bool:
            configuration = await auth_server.configuration()
            return configuration.cookie.name == "acme.session_token"

        await wait_until(is_applied)
        assert (await client.get("/who")).json() is None
        user = await sign_in(client, auth_server)
        assert "acme.session_token" in client.cookies
        assert (await client.get("/who")).json() == user


def test_certificate_paths_are_relative_to_the_project(
    session_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file in the working directory does not count: the auth server runs in the project."""
    values = {k: v or "" for k, v in dotenv_values(session_project / ".env.local").items()}
    url = values["DATABASE_URL"].partition("?")[0] + "?sslmode=verify-full&sslrootcert=ca.pem"
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", url)
    auth_server = AuthServer(session_project, make_settings(values, database_url=url))
    with pytest.raises(SystemExit) as refused:
        application(auth_server)
    assert unwrapped(str(refused.value)) == (
        "Correct sslrootcert= in DATABASE_URL: it names no file. "
        "The value is that of the environment."
    )
