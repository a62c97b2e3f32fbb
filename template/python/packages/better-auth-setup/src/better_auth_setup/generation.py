"""The step *generate* of setup: adds to the Prisma schema what the auth configuration needs."""

from __future__ import annotations

import sys

from better_auth_setup.console import Console
from better_auth_setup.problem import Problem
from better_auth_setup.programs import Result, environment, run
from better_auth_setup.project import Project


def generate(project: Project, console: Console) -> str:
    """Runs *generate*; returns its last line, after printing the others.

    Raises:
        Problem: the configuration and the schema cannot be reconciled.
    """
    result = _run(project)
    if result.status:
        raise Problem(f"{project.schema} cannot be brought up to date: {_message(result)}")
    *notes, last = result.output.strip().splitlines() or [f"{project.schema} is up to date"]
    for note in notes:
        console.say(f"    {note}")
    return last


def check(project: Project) -> list[str]:
    """What `generate` would report, if anything; changes nothing."""
    result = _run(project, "--check")
    return [_message(result)] if result.status else []


def _run(project: Project, *options: str) -> Result:
    command = [sys.executable, "-P", "-m", "better_auth_setup", "generate", *options]
    return run(command, env=environment(), directory=project.root)


def _message(result: Result) -> str:
    """Its message; of a traceback, only the last line."""
    if "Traceback (most recent call last)" in result.output:
        return f"{result.reason}."
    lines = result.output.strip().splitlines()
    if len(lines) > 1:
        return "".join(f"\n      {line}" for line in lines)
    return lines[0] if lines else f"it ended with status {result.status}."
