"""What the bridge says that each route takes is what the official server says."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from hooks.demo import NODE, environment
from tests.conformance.servers import Stacks
from tests.template import REPOSITORY

pytestmark = pytest.mark.e2e

BRIDGE = REPOSITORY / "template/python/src/better_auth_prisma"


def test_the_bridge_knows_what_the_routes_take(stacks: Stacks) -> None:
    """To bring it in step, put what this compares with into ``repairs/routes.txt``."""
    script = shutil.copy(Path(__file__).with_name("routes.mjs"), stacks.typescript)
    told = subprocess.run(
        [str(NODE / "bin" / "node"), script],
        cwd=stacks.typescript,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert (BRIDGE / "repairs" / "routes.txt").read_text() == told.stdout
