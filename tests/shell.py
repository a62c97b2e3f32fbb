"""Commands of documents, run by the shell as a reader types them."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path


def bash(command: str, folder: Path, environment: Mapping[str, str]) -> str:
    """Runs a shell command that must succeed; returns its output."""
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=1800,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout
