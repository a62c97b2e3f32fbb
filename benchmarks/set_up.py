"""The duration of a project's first setup, of a repeated setup, and of its start.

Usage: python -m benchmarks.set_up [ROUNDS]

The first round does not count, as it fills the package caches; the last one has empty caches.
Everything is the default: no plugins, an embedded PostgreSQL. *generate* finds a schema that is up
to date. A server has started when its health route answers.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.timing import seconds, table, timed
from hooks.demo import STACKS, Stack, serving
from hooks.node import REPOSITORY, environment

COPIER = str(Path(sys.executable).with_name("copier"))
COPY = [COPIER, "copy", "--quiet", "--defaults", "--vcs-ref", "HEAD"]


def start(stack: Stack, project: Path) -> float:
    """The seconds until the server's health route responds."""
    started = time.perf_counter()
    with serving(stack, project):
        return time.perf_counter() - started


def first_setup(stack: Stack, project: Path, **settings: str) -> dict[str, float]:
    """The seconds of the first setup, and of its steps that take half a second or more.

    npm works in the background of the Python stack's other steps.
    """
    total, output = timed(stack.setup, project, environment(**settings))
    lines = re.findall(r"^\W+(\w+) +([\d.]+) s ", output, re.M)
    steps = {name: float(taken) for name, taken in lines}
    if "push" not in steps:
        raise RuntimeError(f"Setup prints its steps in another way:\n{output}")
    long = {f"first setup, {name}": taken for name, taken in steps.items() if taken >= 0.5}
    return {"first setup": total, **long}


def measure(rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {}
    for number in range(rounds + 2):
        for name, stack in STACKS.items():
            with TemporaryDirectory() as folder:
                project = Path(folder) / "app"
                copy = [*COPY, "--data", f"stack={name}", str(REPOSITORY), str(project)]
                taken = {"copier copy": seconds(copy, Path(folder))}
                caches = {key: f"{folder}/{key}" for key in ("UV_CACHE_DIR", "NPM_CONFIG_CACHE")}
                is_cold = number > rounds
                try:
                    taken |= first_setup(stack, project, **(caches if is_cold else {}))
                    if not is_cold:
                        taken["setup again"] = seconds(stack.setup, project, environment())
                        taken["generate"] = seconds(stack.generate, project, environment())
                        taken["start"] = start(stack, project)
                finally:
                    seconds(stack.stop, project, environment())
            if is_cold:
                taken = {"first setup, empty caches": taken["first setup"]}
            if number:
                for what, value in taken.items():
                    times.setdefault(f"{name}: {what}", []).append(value)
    return times


if __name__ == "__main__":
    print(table(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 3)))
