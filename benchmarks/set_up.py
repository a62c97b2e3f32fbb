"""How long a rendered project takes to be set up, to be set up again, and to start.

Usage: python -m benchmarks.set_up [ROUNDS]

The package caches are warmed by one setup that does not count. Everything is the default: no
plugins, an embedded PostgreSQL. *generate* is the project's own: ours for Python, better-auth's
``auth generate`` for TypeScript; the schema is up to date. A server has
started when its health route answers.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.timing import seconds, table
from hooks.demo import REPOSITORY, STACKS, Stack, environment, serving

COPIER = str(Path(sys.executable).with_name("copier"))
COPY = [COPIER, "copy", "--quiet", "--defaults", "--vcs-ref", "HEAD"]


def start(stack: Stack, project: Path) -> float:
    """The seconds until the server's health route responds."""
    started = time.perf_counter()
    with serving(stack, project):
        return time.perf_counter() - started


def measure(rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {}
    for number in range(rounds + 1):
        for name, stack in STACKS.items():
            with TemporaryDirectory() as folder:
                project = Path(folder) / "app"
                copy = [*COPY, "--data", f"stack={name}", str(REPOSITORY), str(project)]
                taken = {"copier copy": seconds(copy, Path(folder))}
                try:
                    taken["first setup"] = seconds(stack.setup, project, environment())
                    taken["setup again"] = seconds(stack.setup, project, environment())
                    taken["generate"] = seconds(stack.generate, project, environment())
                    taken["start"] = start(stack, project)
                finally:
                    seconds(stack.stop, project, environment())
            if number:
                for what, value in taken.items():
                    times.setdefault(f"{name}: {what}", []).append(value)
    return times


if __name__ == "__main__":
    print(table(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 3)))
