"""Setup refuses an invalid URL before it connects, without revealing the secret."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from better_auth_setup import database
from better_auth_setup.problem import Problem
from better_auth_setup.project import Project
from better_auth_setup.settings import Settings

from tests.database_url.parameters import REFUSED, URLS_REFUSED, url
from tests.project.typescript import run_node
from tests.setup.npm_project import npm_project

EXPECTED = {given: sentence for given, sentence in URLS_REFUSED.items() if given} | {
    url("postgresql", parameters): sentence
    for parameters, sentence in REFUSED["postgresql"].items()
}
#: URLs of sockets, which setup does not try over TCP, and how it shows them.
SOCKETS = {
    "postgresql://me:geheim@%2Ftmp%2FMySocket/app": '"app" on /tmp/MySocket:5432',
    "postgresql://me:ge[heim@localhost:1/app?host=/tmp": '"app" on /tmp:1',
}
EXAMINE = """
const src = "./packages/better-auth-setup/src";
const { locate } = await import(`${src}/schema.ts`);
const { database } = await import(`${src}/database.ts`);
await locate();
const messages = [];
for (const url of JSON.parse(process.argv[1])) {
  process.env.DATABASE_URL = url;
  messages.push(await database(false).catch(({ message }) => message));
}
console.log(JSON.stringify(messages));
"""


def of_typescript(folder: Path, urls: Iterable[str]) -> list[str]:
    script = ["--input-type=module", "--eval", EXAMINE, json.dumps(list(urls))]
    messages: list[str] = json.loads(run_node(folder, *script).splitlines()[-1])
    return messages


def of_python(folder: Path, urls: Iterable[str]) -> list[str]:
    messages = []
    for given in urls:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DATABASE_URL", given)
            try:
                messages.append(database.examine(Project(folder), Settings(folder)))
            except Problem as refused:
                messages.append(str(refused))
    return messages


def examined(tmp_path: Path, stack: str, urls: Iterable[str]) -> list[str]:
    """Setup's result for each URL, or its problem."""
    folder = npm_project(tmp_path / "project", stack=stack).folder
    return of_python(folder, urls) if stack == "python" else of_typescript(folder, urls)


@pytest.mark.parametrize("stack", ["typescript", "python"])
def test_a_socket_is_not_tried_over_tcp(tmp_path: Path, stack: str) -> None:
    assert examined(tmp_path, stack, SOCKETS) == list(SOCKETS.values())


@pytest.mark.parametrize("stack", ["typescript", "python"])
def test_an_unusable_url_is_refused(tmp_path: Path, stack: str) -> None:
    messages = examined(tmp_path, stack, EXPECTED)
    for message, sentence in zip(messages, EXPECTED.values(), strict=True):
        assert message.startswith(sentence)
        assert message.endswith(" The value is that of DATABASE_URL of the environment.")
        assert not any(part in message for part in ("geheim", "heim", "ge@", "me:"))
