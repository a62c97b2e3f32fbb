"""Each setting with a wrong value is reported with the place of the value, by both servers."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from hooks.node import environment
from tests.answers import STACKS
from tests.setup.npm_project import AS_A_USER, NODE_FILE, npm_project
from tests.template import REPOSITORY
from tests.waiting import TIMEOUT
from tests.wrapped import unwrapped

#: A wrong value of each setting in .env.example.
WRONG = {
    "DATABASE_URL": "postgresql://me:geheim@db/app?channel_binding=require",
    "BETTER_AUTH_SECRETS": "geheim",
    "BETTER_AUTH_URL": "example.com",
    "BETTER_AUTH_ENV": "staging",
    "TRUSTED_ORIGINS": "https://a.example/b",
    "TRUSTED_PROXIES": "proxy",
    "SMTP_URL": "smtp.example.com:geheim",
    "MAIL_FROM": "nobody",
    "MAIL": "yes",
    "AUTH_SERVER_URL": "auth:3000",
    "PORT": "http",
    "GITHUB_CLIENT_ID": "alone",
    "OAUTH_PROXY_PRODUCTION_URL": "example.com",
}
#: Refused in production only.
WEAK = {"BETTER_AUTH_SECRET": "geheim"}
#: Refused, because better-auth would read it, but the project's own routes would not.
FOREIGN = {"BETTER_AUTH_TRUSTED_ORIGINS": "https://a.example"}
PRODUCTION = {"BETTER_AUTH_URL": "https://a.example", "DATABASE_URL": "postgresql://me@db/app"}
#: Settings that servers do not check at their start: setup alone reads the URLs, and a wrong HOST
#: is reported when the server listens.
ELSEWHERE = {"DIRECT_URL", "TEST_DATABASE_URL", "HOST"}
#: Settings whose values only GitHub can check.
OPAQUE = {"GITHUB_CLIENT_SECRET"}

ANSWERS = {"plugins": ["oauth-proxy"], "social_providers": ["github"]}
#: FastAPI and the auth server read some settings each.
SERVERS = {
    "typescript": [[NODE_FILE, "src/server.ts"]],
    "python": [[sys.executable, "-c", "import my_app.settings"], [NODE_FILE, "auth/server.ts"]],
}
SIDECAR = REPOSITORY / "template/python/packages/better-auth-sidecar/src"


def output_of(
    folder: Path, stack: str, variables: dict[str, str], prefix: Sequence[str] = ()
) -> str:
    """The messages of a project's servers, which must refuse to start."""
    found = ""
    for command in SERVERS[stack]:
        path = f"{folder / 'src'}:{SIDECAR}"
        done = subprocess.run(
            [*prefix, *command],
            cwd=folder,
            env=environment(**{**dict.fromkeys(WRONG, ""), "PYTHONPATH": path, **variables}),
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )
        assert done.returncode == 1, done.stdout + done.stderr
        found += unwrapped(done.stderr) + "\n"
    return found


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("place", [".env", ".env.local", "the environment"])
def test_a_wrong_value_is_reported_with_its_place(tmp_path: Path, stack: str, place: str) -> None:
    folder = npm_project(tmp_path / "project", stack=stack, **ANSWERS).folder
    example = (folder / ".env.example").read_text()
    keys = {*re.findall(r"^(?:# )?([A-Z_]+)=", example, re.M)}
    wrong = {key: value for key, value in WRONG.items() if key in keys}
    assert {*wrong, *WEAK, *ELSEWHERE, *OPAQUE} == keys

    for values, names in ((wrong, wrong), (PRODUCTION | WEAK | FOREIGN, WEAK | FOREIGN)):
        variables = {}
        (folder / ".env.local").write_text("")
        if place == "the environment":
            variables = values
        else:
            lines = [f"{key}={value}\n" for key, value in values.items()]
            (folder / place).write_text("".join(lines))
        messages = output_of(folder, stack, variables)
        # .env is no start of another name.
        named = {*re.findall(rf"(\w+) of {re.escape(place)}(?!\.\w)", messages)}
        assert {*names} <= named, messages
        assert "geheim" not in messages


@pytest.mark.parametrize("stack", STACKS)
def test_an_env_file_of_another_user_is_reported(tmp_path: Path, stack: str) -> None:
    folder = npm_project(tmp_path / "project", stack=stack).folder
    (folder / ".env.local").chmod(0)
    output = output_of(folder, stack, PRODUCTION, AS_A_USER)
    messages = [line for line in output.splitlines() if line]
    assert len(messages) == len(SERVERS[stack])
    assert "Make .env.local a file that this user can read: EACCES" in messages[-1]
    if stack == "python":
        assert ".env.local cannot be read: Permission denied." in messages[0]
