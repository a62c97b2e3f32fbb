"""`npm run dev` of a project with Next.js sends no telemetry."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.answers import STACKS
from tests.template import render

#: Next.js sends some when it is stopped, from a process that does not read next.config.ts.
NEXT = '#!/bin/sh\necho "telemetry disabled: $NEXT_TELEMETRY_DISABLED"\n'
CONCURRENTLY = '#!/bin/sh\nfor last; do case "$last" in *"next dev"*) sh -c "$last"; esac; done\n'


@pytest.mark.parametrize("stack", STACKS)
def test_next_dev_runs_without_telemetry(template: Path, tmp_path: Path, stack: str) -> None:
    project = render(template, tmp_path / "app", {"stack": stack, "framework": "nextjs"})
    for name, text in (("next", NEXT), ("concurrently", CONCURRENTLY)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    script = json.loads((project / "package.json").read_text())["scripts"]["dev"]
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    env = {"PATH": path}
    done = subprocess.run(["sh", "-c", script], env=env, capture_output=True, text=True, check=True)
    assert done.stdout == "telemetry disabled: 1\n"
