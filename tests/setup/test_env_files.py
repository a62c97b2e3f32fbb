"""Env files: Python reads in them what Node.js does; what readers disagree about is refused."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from better_auth_setup.env_file import parse_env
from better_auth_setup.problem import Problem
from better_auth_setup.settings import Settings
from hypothesis import given, settings
from hypothesis import strategies as st

from hooks.node import NODE, environment
from tests.project.typescript_sources import render_project
from tests.setup.env_files import LINES
from tests.setup.npm_project import NODE_FILE, npm_project
from tests.template import REPOSITORY
from tests.waiting import TIMEOUT

PARSE = f"""
import {{ readFileSync }} from "node:fs";
import {{ parsed }} from "{REPOSITORY}/template/shared/guard/settings.mjs";
const texts = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(texts.map((text) => parsed(text))));
"""
#: What env.ts of Next.js's auth server, in a folder, reads after Next.js.
READ_BY_NEXTJS = """
import { createRequire } from "node:module";
const require = createRequire(`${process.cwd()}/package.json`);
require("@next/env").loadEnvConfig(process.cwd(), true, { info() {}, error() {} });
const { env } = await import(`${process.cwd()}/FOLDER/env.ts`);
console.log(JSON.stringify(env));
"""
PIECES = ["NAME", "B", "export ", "=", "=", "\n", "\n", "\r\n", " ", "\t", "#", '"', "'", "`"]
pieces = st.sampled_from([*PIECES, "\\n", "\\", "$x", ":", "one", "ä", "."])
texts = st.lists(pieces, min_size=1, max_size=18).map("".join)


def parsed_by_node(files: list[str]) -> list[dict[str, str]]:
    command = [str(NODE / "bin" / "node"), "--input-type=module", "--eval", PARSE]
    result = subprocess.run(
        command, input=json.dumps(files), capture_output=True, text=True, check=True
    )
    found: list[dict[str, str]] = json.loads(result.stdout)
    return found


def ordinary(values: dict[str, str]) -> dict[str, str]:
    """Without empty values, which count as missing, and names that no program reads."""
    return {name: value for name, value in values.items() if value and name.isidentifier()}


def test_python_reads_what_node_reads() -> None:
    files = [text for text, _ in LINES.values()]
    expected = [value for _, value in LINES.values()]
    assert [parse_env(text).get("NAME") or None for text in files] == expected
    assert [values.get("NAME") or None for values in parsed_by_node(files)] == expected


@settings(max_examples=5, deadline=None)
@given(files=st.lists(texts, min_size=400, max_size=400))
def test_python_reads_any_text_as_node_does(files: list[str]) -> None:
    for text, found in zip(files, parsed_by_node(files), strict=True):
        assert ordinary(parse_env(text)) == ordinary(found), text


@pytest.mark.parametrize(
    ("stack", "folder"), [("typescript", "src/lib"), ("python", "web/src/lib")]
)
def test_an_empty_value_hides_no_other_from_next_js(
    stack: str, folder: str, tmp_path: Path
) -> None:
    project = npm_project(tmp_path / "project", stack=stack, framework="nextjs").folder
    (project / ".env.local").write_text("BETTER_AUTH_SECRET=local\nDATABASE_URL= \nMAIL=log\n")
    (project / ".env").write_text("DATABASE_URL=of-env\nBETTER_AUTH_SECRET=of-env\nPORT=1\n")
    script = READ_BY_NEXTJS.replace("FOLDER", folder)
    result = subprocess.run(
        [NODE_FILE, "--input-type=module", "--eval", script],
        cwd=project,
        # The mailbox is a login shell's.
        env=environment(BETTER_AUTH_SECRET="", PORT="05000 ", MAIL="/var/mail/ada"),
        capture_output=True,
        text=True,
        check=True,
        timeout=TIMEOUT,
    )
    env = json.loads(result.stdout)
    values = [env[name] for name in ("DATABASE_URL", "BETTER_AUTH_SECRET", "PORT")]
    assert values == ["of-env", "local", 5000]
    if stack == "typescript":
        assert (env["BETTER_AUTH_URL"], env["MAIL"]) == ("http://localhost:5000", "log")


UNREADABLE = {
    "UTF-16": ("NAME=one\n".encode("utf-16"), ".env.local is not UTF-8 text; save it as UTF-8."),
    "a byte order mark": (
        b"\xef\xbb\xbfNAME=one\n",
        "Save .env.local without a byte order mark: Node.js reads it as a name.",
    ),
}
EXPANDED = (
    "Replace the $ of SMTP_URL in .env.local, in a URL by %24: "
    "Next.js expands it, other programs do not."
)


def test_a_file_that_node_cannot_read_is_refused(tmp_path: Path) -> None:
    project = npm_project(tmp_path, provider="sqlite")
    file = tmp_path / ".env.local"
    for content, sentence in UNREADABLE.values():
        file.write_bytes(content)
        with pytest.raises(Problem) as refusal:
            Settings(tmp_path).complete()
        assert str(refusal.value) == sentence
        assert sentence in project.refused("setup", "--check")
        assert file.read_bytes() == content


def test_what_next_js_would_expand_is_refused(tmp_path: Path) -> None:
    setting = 'SMTP_URL="smtp://user:pa$word@mail.example.com"\n'
    typescript = npm_project(tmp_path / "typescript", provider="sqlite", framework="nextjs")
    python = tmp_path / "python"
    render_project({"stack": "python", "framework": "nextjs"}, python)
    hono = tmp_path / "hono"
    render_project({"stack": "python"}, hono)
    for folder in (typescript.folder, python, hono):
        with (folder / ".env.local").open("a") as file:
            file.write(setting)
    assert EXPANDED in typescript.refused("setup", "--check")
    with pytest.raises(Problem) as refusal:
        Settings(python).refuse_expansions()
    assert str(refusal.value) == EXPANDED
    Settings(hono).refuse_expansions()


def test_a_project_without_an_example_or_a_readable_manifest(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"dependencies": {"next": "16.0.0"}}')
    (tmp_path / ".env.local").write_text("SMTP_URL=smtp://user:pa$word@mail.example.com\n")
    Settings(tmp_path).refuse_expansions()
    (tmp_path / "package.json").write_text("{")
    with pytest.raises(Problem, match=r"package\.json cannot be read"):
        Settings(tmp_path).refuse_expansions()
