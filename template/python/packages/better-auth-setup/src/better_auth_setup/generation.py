"""The step *generate* of setup: adds to the Prisma schema what the auth configuration needs."""

from __future__ import annotations

from pathlib import Path

from better_auth_setup.console import Console
from better_auth_setup.generate.command import compare
from better_auth_setup.problem import Problem
from better_auth_setup.programs import indented
from better_auth_setup.project import Project
from better_auth_setup.wrapping import wrapped

#: Of a line, behind its indentation.
_WIDTH = 74


def generate(project: Project, console: Console) -> str:
    """Adds what is missing to the schema, and prints it; returns the result in words.

    Raises:
        Problem: the configuration and the schema cannot be reconciled.
    """
    try:
        found = compare(Path(project.schema))
        problems = found.problems
        if not problems:
            found.add()
    except Problem as problem:
        problems = [str(problem)]
    if problems:
        raise Problem(f"{project.schema} cannot be brought up to date: {_listed(problems, [])}")
    for line in found.missing:
        console.say(f"    {line}")
    return found.result


def check(project: Project) -> list[str]:
    """What `generate` would add or report; changes nothing.

    Raises:
        Problem: the configuration or the schema cannot be read.
    """
    found = compare(Path(project.schema))
    is_needed = found.problems or found.missing
    return [_listed(found.problems, found.missing)] if is_needed else []


def _listed(problems: list[str], missing: list[str]) -> str:
    sentences = wrapped("\n".join(problems), _WIDTH).split("\n") if problems else []
    return indented([*sentences, *missing])
