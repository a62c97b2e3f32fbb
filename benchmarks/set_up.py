"""How long the setup of a rendered project takes, the first time and again.

Usage: python -m benchmarks.set_up [ROUNDS]

The package caches are warmed by one setup that does not count. Everything is the default: the
Python stack, no plugins, an embedded PostgreSQL.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.timing import seconds, table

REPOSITORY = Path(__file__).resolve().parent.parent
COPY = [str(Path(sys.executable).with_name("copier")), "copy", "--quiet", "--defaults"]
SET_UP = [sys.executable, "scripts/setup.py"]
STOP = [".venv/bin/python", "scripts/database.py", "stop"]


def measure(rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {"copier copy": [], "first setup": [], "setup again": []}
    for number in range(rounds + 1):
        with TemporaryDirectory() as folder:
            project = Path(folder) / "app"
            copy = [*COPY, "--vcs-ref", "HEAD", str(REPOSITORY), str(project)]
            taken = {"copier copy": seconds(copy, Path(folder))}
            try:
                taken["first setup"] = seconds(SET_UP, project)
                taken["setup again"] = seconds(SET_UP, project)
            finally:
                seconds(STOP, project)
            if number:
                for name, value in taken.items():
                    times[name].append(value)
    return times


if __name__ == "__main__":
    print(table(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 3)))
