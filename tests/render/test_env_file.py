"""Env files: all readers read the same values, and each setting occurs once."""

from __future__ import annotations

import json
import re
import string
import subprocess
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from dotenv import dotenv_values
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hooks.demo import STACKS_OF
from tests.answers import EVERYTHING, STACKS, provider_data
from tests.node import run_node
from tests.project.typescript_sources import render_project
from tests.template import environment, module

#: All characters of a URL but NUL, percent-encoded where env files require it.
encoded = st.characters(min_codepoint=1, codec="utf-8").map(
    lambda character: "".join(f"%{byte:02X}" for byte in character.encode())
)
plain = st.sampled_from(string.ascii_letters + string.digits + "-._~!&()*+,;=")
word = st.lists(plain | encoded, min_size=1, max_size=20).map("".join)
urls = st.builds(
    "postgresql://{}:{}@{}.example.com:{}/db{}?options={}".format,
    word,
    word,
    st.text(string.ascii_lowercase, min_size=1),
    st.integers(1, 65535),
    word,
    word.map(lambda text: text.replace("&", "%26")),
)

ANSWERS = {
    "stack": "python",
    "provider": "postgresql",
    "plugins": [],
    "social_providers": [],
    "framework": "hono",
    "features": [],
    "project_name": "My App",
}

READ_WITH_NODE = """
import { parseEnv } from "node:util";
import dotenv from "dotenv";
const files = JSON.parse(await new Response(process.stdin).text());
const read = (text) => [parseEnv(text), dotenv.parse(text)].map((env) => env.DATABASE_URL);
console.log(JSON.stringify(files.map(read)));
"""

READ_WITH_SH = 'for file; do (. "$file"; printf "%s\\n" "$DATABASE_URL"); done'


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(written=st.lists(urls, min_size=40, max_size=40))
def test_every_reader_gets_the_typed_url(written: list[str]) -> None:
    problem = module("database_url").problem
    assert not [url for url in written if problem(url, "postgresql")]
    env_file = environment().get_template("template/python/.env.local.jinja")
    texts = [env_file.render(ANSWERS, database_url=url) for url in written]

    assert [dotenv_values(stream=StringIO(text))["DATABASE_URL"] for text in texts] == written
    assert json.loads(run_node(READ_WITH_NODE, json.dumps(texts))) == [[url] * 2 for url in written]
    assert read_with_shell(texts) == written


def read_with_shell(texts: list[str]) -> list[str]:
    with TemporaryDirectory() as folder:
        files = [Path(folder) / str(number) for number in range(len(texts))]
        for file, text in zip(files, texts, strict=True):
            file.write_text(text)
        command = ["sh", "-c", READ_WITH_SH, "sh", *map(str, files)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize("provider", provider_data())
def test_a_pooler_is_named_in_a_way_that_the_url_takes(provider: str, tmp_path: Path) -> None:
    render_project({"stack": "typescript", "provider": provider}, tmp_path)
    example = (tmp_path / ".env.example").read_text()
    takes = provider_data()[provider].get("protocol") == "PostgreSQL"
    assert ("?pgbouncer=true" in example) == takes


@pytest.mark.parametrize(("stack", "framework"), STACKS_OF)
def test_no_port_is_offered_where_next_js_reads_it_from_the_environment_alone(
    stack: str, framework: str, tmp_path: Path
) -> None:
    render_project({"stack": stack, "framework": framework}, tmp_path)
    example = (tmp_path / ".env.example").read_text()
    assert ("# PORT=" in example) == (framework == "hono")


@pytest.mark.parametrize("stack", STACKS)
def test_each_setting_occurs_once_and_is_read(stack: str, tmp_path: Path) -> None:
    """Also if a plugin and a social provider share a setting."""
    render_project({"stack": stack, **EVERYTHING}, tmp_path)
    example = (tmp_path / ".env.example").read_text()
    keys = re.findall(r"^(?:# )?([A-Z_]+)=", example, re.M)
    assert len(set(keys)) == len(keys) and "GOOGLE_CLIENT_ID" in keys
    auth = "auth" if stack == "python" else "src/lib"
    libraries = tmp_path / "packages"
    sources = [tmp_path / auth / "env.ts", libraries / "better-auth-guard/settings.mjs"]
    code = "".join(source.read_text() for source in sources)
    read = re.findall(r'"([A-Z_]+)"', code)
    # Some are read by setup and Prisma's CLI, and in Python projects by FastAPI, which sends mails.
    elsewhere = {"TEST_DATABASE_URL", "DIRECT_URL"}
    if stack == "python":
        elsewhere |= {"AUTH_SERVER_URL", "SMTP_URL", "MAIL_FROM", "MAIL"}
    else:
        mails = (libraries / "better-auth-outbox/settings.mjs").read_text()
        read += re.findall(r'([A-Z_]+) = ""', mails)
    # An error's code, the end of a name, and better-auth's own variable, which is refused.
    others = {"EADDRINUSE", "_URL", "BETTER_AUTH_TRUSTED_ORIGINS"}
    assert {*read} - others == {*keys} - elsewhere
