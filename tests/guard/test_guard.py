"""The settings, the client addresses and the origin check of `better-auth-guard`, in Node.js."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from hooks.node import NODE, environment
from tests.project.typescript_sources import install_packages
from tests.waiting import TIMEOUT

TESTS = sorted(Path(__file__).parent.glob("*.test.mjs"))


@pytest.mark.parametrize("test", TESTS, ids=lambda test: test.name)
def test_the_package_in_node(test: Path) -> None:
    command = [str(NODE / "bin" / "node"), "--test", str(test)]
    env = {**environment(), "NODE_MODULES": str(install_packages())}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=TIMEOUT)
    assert done.returncode == 0, done.stdout + done.stderr
