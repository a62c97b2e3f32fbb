"""npm scripts on an old Node.js say which version is needed."""

from __future__ import annotations

import json
import subprocess
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from hooks.node import NODE, environment
from tests.template import render
from tests.waiting import TIMEOUT
from tests.wrapped import WIDTH

KINDS = [
    (stack, framework) for stack in ("python", "typescript") for framework in ("hono", "nextjs")
]
PRETEND = "Object.defineProperty(process.versions, 'node', { value: '%s' });"


@pytest.mark.parametrize(("stack", "framework"), KINDS)
def test_every_script_reports_the_required_node(
    template: Path, tmp_path: Path, stack: str, framework: str
) -> None:
    answers: dict[str, Any] = {"stack": stack, "framework": framework}
    project = render(template, tmp_path / "project", answers)
    pretend = tmp_path / "pretend.cjs"
    variables = environment(NODE_OPTIONS=f"--require={pretend}")
    scripts = json.loads((project / "package.json").read_text())["scripts"]
    for version, name in product(["20.18.0", "22.12.0"], scripts):
        pretend.write_text(PRETEND % version)
        # npm runs the `pre` script of the same name first.
        first = scripts.get(f"pre{name}", scripts[name])
        done = subprocess.run(
            ["sh", "-c", first],
            cwd=project,
            env=variables,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )
        assert done.returncode == 1, (name, done.stdout)
        assert done.stderr.startswith("Install Node.js 22.18 or newer, "), (name, done.stderr)
        *sentence, path = done.stderr.splitlines()
        assert sentence[-1].endswith(f"This is {version}:") and path == str(
            (NODE / "bin/node").resolve()
        )
        assert max(map(len, sentence)) <= WIDTH
