"""Setup refuses an invalid URL before it connects, without revealing the secret."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from better_auth_setup import database
from better_auth_setup.problem import Problem
from better_auth_setup.project import Project
from better_auth_setup.settings import Settings

from tests.database_url.parameters import REFUSED, URLS_REFUSED
from tests.database_url.parameters import url as url_with
from tests.project.typescript import run_node
from tests.setup.npm_project import npm_project

EXPECTED = {given: sentence for given, sentence in URLS_REFUSED.items() if given} | {
    url_with("postgresql", parameters): sentence
    for parameters, sentence in REFUSED["postgresql"].items()
}
#: URLs of sockets, which setup does not try over TCP, and how it shows them.
SOCKETS = {
    "postgresql://me:geheim@%2Ftmp%2FMySocket/app": '"app" on /tmp/MySocket:5432',
    "postgresql://me:ge[heim@localhost:1/app?host=/tmp": '"app" on /tmp:1',
}
#: Values of DIRECT_URL beside a usable DATABASE_URL, and the message.
DIRECT = {
    "postgresql+asyncpg://me:geheim@db/app": "Start DIRECT_URL with postgresql: instead of ",
    "postgresql://me:ge#heim@db/app": "Escape user name and password in DIRECT_URL: ",
    "postgresql://me:geheim@db/app?user=you": "Write the user before the host in DIRECT_URL",
    "mysql://me:geheim@db/app": "DIRECT_URL of the environment cannot be used: ",
    "postgresql://me:geheim@127.0.0.1:1/app": "The database server at 127.0.0.1:1 cannot be ",
}
EXAMINE = """
const src = "./packages/better-auth-setup/src";
const { locate } = await import(`${src}/schema.ts`);
const { database } = await import(`${src}/database.ts`);
await locate();
const messages = [];
for (const settings of JSON.parse(process.argv[1])) {
  Object.assign(process.env, settings);
  messages.push(await database(false).catch(({ message }) => message));
}
console.log(JSON.stringify(messages));
"""
Given = list[dict[str, str]]


def of_typescript(folder: Path, given: Given) -> list[str]:
    script = ["--input-type=module", "--eval", EXAMINE, json.dumps(given)]
    messages: list[str] = json.loads(run_node(folder, *script).splitlines()[-1])
    return messages


def of_python(folder: Path, given: Given) -> list[str]:
    messages = []
    for settings in given:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in settings.items():
                patch.setenv(name, value)
            try:
                messages.append(database.examine(Project(folder), Settings(folder)))
            except Problem as refused:
                messages.append(str(refused))
    return messages


def examined(tmp_path: Path, stack: str, given: Given) -> list[str]:
    """Setup's result with each of these settings, or its problem."""
    folder = npm_project(tmp_path / "project", stack=stack).folder
    return of_python(folder, given) if stack == "python" else of_typescript(folder, given)


@pytest.mark.parametrize("stack", ["typescript", "python"])
def test_a_socket_is_not_tried_over_tcp(tmp_path: Path, stack: str) -> None:
    assert examined(tmp_path, stack, [{"DATABASE_URL": url} for url in SOCKETS]) == list(
        SOCKETS.values()
    )


@pytest.mark.parametrize("stack", ["typescript", "python"])
def test_an_unusable_url_is_refused(tmp_path: Path, stack: str) -> None:
    messages = examined(tmp_path, stack, [{"DATABASE_URL": url} for url in EXPECTED])
    for message, sentence in zip(messages, EXPECTED.values(), strict=True):
        assert message.startswith(sentence)
        assert message.endswith(" The value is that of DATABASE_URL of the environment.")
        assert not any(part in message for part in ("geheim", "heim", "ge@", "me:"))


@pytest.mark.parametrize("stack", ["typescript", "python"])
def test_a_direct_url_is_read_alike(tmp_path: Path, stack: str) -> None:
    url = next(iter(SOCKETS))
    given = [{"DATABASE_URL": url, "DIRECT_URL": direct} for direct in DIRECT]
    for message, sentence in zip(examined(tmp_path, stack, given), DIRECT.values(), strict=True):
        assert message.startswith(sentence)
        assert "DIRECT_URL of the environment" in message
        assert not any(part in message for part in ("geheim", "heim", "DATABASE_URL"))
