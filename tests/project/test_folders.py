"""Projects in a folder whose name means something to shells, URLs and patterns."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from hooks.demo import NEXT, STACKS_OF, run, serving, stack_of, walk_through
from hooks.node import NODE, NPM
from hooks.servers import free_port
from tests.npm_packages import lend
from tests.template import render

pytestmark = [pytest.mark.e2e, pytest.mark.exhaustive]

NAME = 'it\'s "a" $(touch hacked) `touch hacked` [b] {c} %20 &;|~! é'
TESTS = {
    "python": [".venv/bin/python", "-m", "pytest", "-q"],
    "typescript": [str(NODE / "bin" / "node"), str(NPM), "test"],
}


@pytest.mark.parametrize(("stack", "framework"), STACKS_OF)
def test_a_project_is_set_up_tested_built_and_served(
    stack: str, framework: str, template: Path, tmp_path: Path
) -> None:
    # Next.js does not build with `#`.
    folder = tmp_path / (NAME if framework == "nextjs" else f"{NAME} #1")
    lend(render(template, folder, {"stack": stack, "framework": framework, "plugins": ["admin"]}))
    # Installers write the folder's name into programs in their own way.
    shutil.rmtree(folder / ".venv", ignore_errors=True)
    commands = stack_of(stack, framework)
    try:
        run(commands.setup, folder)
        run(TESTS[stack], folder)
        api_url = f"http://127.0.0.1:{free_port()}" if commands.api else ""
        if commands.build:
            run(commands.build, folder, API_URL=api_url)
        servers = [commands]
        if framework == "nextjs":
            web = ["web"] if stack == "python" else []
            dev = [*NEXT, "dev", *web, "--hostname", "127.0.0.1", "--port", "{port}"]
            servers.append(replace(commands, serve=dev))
        for server in servers:
            with serving(server, folder, api_url) as address:
                walk_through(address, server.shows)
    finally:
        run(commands.stop, folder)
    assert not [*tmp_path.glob("hacked"), *folder.glob("hacked"), *folder.glob("*/hacked")]
