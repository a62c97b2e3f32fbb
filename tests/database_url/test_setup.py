"""Setup refuses an invalid URL before it connects, without revealing the secret."""

from __future__ import annotations

import json
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


def of_typescript(folder: Path) -> list[str]:
    script = ["--input-type=module", "--eval", EXAMINE, json.dumps(list(EXPECTED))]
    messages: list[str] = json.loads(run_node(folder, *script).splitlines()[-1])
    return messages


def of_python(folder: Path) -> list[str]:
    messages = []
    for given in EXPECTED:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DATABASE_URL", given)
            with pytest.raises(Problem) as refused:
                database.examine(Project(folder), Settings(folder))
        messages.append(str(refused.value))
    return messages


@pytest.mark.parametrize("stack", ["typescript", "python"])
def test_an_unusable_url_is_refused(tmp_path: Path, stack: str) -> None:
    folder = npm_project(tmp_path / "project", stack=stack).folder
    messages = of_python(folder) if stack == "python" else of_typescript(folder)
    for message, sentence in zip(messages, EXPECTED.values(), strict=True):
        assert message.startswith(sentence)
        assert message.endswith(" The value is that of DATABASE_URL of the environment.")
        assert not any(part in message for part in ("geheim", "heim", "ge@", "me:"))
