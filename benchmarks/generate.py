"""The duration of *generate* beside the official ``auth generate``, measured in turns.

Usage: python -m benchmarks.generate [ROUNDS]

Both work on one project after setup, whose schema is up to date, as in most runs of *generate*. On
a busy machine, the CPU time is more precise than the elapsed time.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.timing import seconds, table
from hooks.demo import STACKS
from hooks.node import NODE, REPOSITORY, environment

COPIER = str(Path(sys.executable).with_name("copier"))
COPY = [COPIER, "copy", "--quiet", "--defaults", "--vcs-ref", "HEAD"]
PLUGINS = "[username, two-factor, admin, organization]"
PACKAGE = REPOSITORY / "template" / "python" / "packages" / "better-auth-setup" / "src"
COMMANDS = {
    "generate of the Python package": [sys.executable, "-m", "better_auth_setup", "generate"],
    "generate of the npm package": STACKS["typescript"].generate,
    "auth generate": [
        *(str(NODE / "bin" / "node"), "node_modules/auth/dist/index.mjs", "generate", "-y"),
        *("--config", "src/lib/auth.ts", "--output", "prisma/schema.prisma"),
    ],
}


def set_up(project: Path) -> None:
    """Renders a project and sets it up; stops its database."""
    answers = ["--data", "stack=typescript", "--data", f"plugins={PLUGINS}"]
    subprocess.run([*COPY, *answers, str(REPOSITORY), str(project)], check=True)
    stack = STACKS["typescript"]
    for command in (stack.setup, stack.stop, *COMMANDS.values()):
        seconds(command, project, _as_at_home())


def measure(project: Path, rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, command in COMMANDS.items():
            before = os.times()
            wall = seconds(command, project, _as_at_home())
            after = os.times()
            cpu = after.children_user + after.children_system
            cpu -= before.children_user + before.children_system
            times.setdefault(name, []).append(wall)
            times.setdefault(f"{name}, CPU", []).append(cpu)
    return times


def _as_at_home() -> dict[str, str]:
    """The environment, in which Python may write its bytecode as by default."""
    kept = {**environment(), "PYTHONPATH": str(PACKAGE)}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        set_up(Path(folder) / "app")
        rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
        print(table(measure(Path(folder) / "app", rounds)))
