"""How long *generate* takes: ours beside the official ``auth generate``, turn by turn.

Usage: python -m benchmarks.generate [ROUNDS]

Both stacks are set up first, with the same plugins and a schema that is up to date, which is what
*generate* finds nearly always. The CPU time of a process says more than the clock where other
programs keep the machine busy.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.timing import seconds, table
from hooks.demo import REPOSITORY, STACKS, environment

COPIER = str(Path(sys.executable).with_name("copier"))
COPY = [COPIER, "copy", "--quiet", "--defaults", "--vcs-ref", "HEAD"]
PLUGINS = "[username, two-factor, admin, organization]"
NAMES = {"python": "generate", "typescript": "auth generate"}


def set_up(folder: Path) -> None:
    """Renders both stacks into a folder and sets them up, without leaving a database running."""
    for name, stack in STACKS.items():
        project = folder / name
        answers = ["--data", f"stack={name}", "--data", f"plugins={PLUGINS}"]
        subprocess.run([*COPY, *answers, str(REPOSITORY), str(project)], check=True)
        for command in (stack.setup, stack.stop, stack.generate):
            seconds(command, project, _as_at_home())


def measure(folder: Path, rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, stack in STACKS.items():
            before = os.times()
            wall = seconds(stack.generate, folder / name, _as_at_home())
            after = os.times()
            cpu = after.children_user + after.children_system
            cpu -= before.children_user + before.children_system
            times.setdefault(NAMES[name], []).append(wall)
            times.setdefault(f"{NAMES[name]}, CPU", []).append(cpu)
    return times


def _as_at_home() -> dict[str, str]:
    """The environment, in which Python may keep its bytecode as it does by default."""
    kept = environment()
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept


if __name__ == "__main__":
    with TemporaryDirectory() as projects:
        set_up(Path(projects))
        print(table(measure(Path(projects), int(sys.argv[1]) if len(sys.argv) > 1 else 10)))
