"""Adding to schema.prisma what the auth configuration needs."""

from __future__ import annotations

from better_auth_setup import project, repetitions
from better_auth_setup.console import Problem
from better_auth_setup.programs import Result, environment, run
from better_auth_setup.project import PYTHON


def generate(lock: int) -> str:
    """Runs ``python -m better_auth_setup generate``; says what it did.

    Raises:
        Problem: the configuration and the schema cannot be reconciled.
    """
    result = _run(lock=lock)
    if result.status:
        raise Problem(f"{project.schema()} cannot be brought up to date: {_said(result)}")
    lines = result.output.strip().splitlines()
    return lines[-1] if lines else f"{project.schema()} is up to date"


def check() -> list[str]:
    """What `generate` would say, if anything; nothing is changed."""
    if repeated := repetitions.find():
        return repeated
    result = _run("--check", lock=None)
    return [_said(result)] if result.status else []


def _run(*options: str, lock: int | None) -> Result:
    command = [PYTHON, "-m", "better_auth_setup", "generate", *options]
    return run(command, lock=lock, env=environment())


def _said(result: Result) -> str:
    """Its message; of a traceback, only the last line."""
    if "Traceback (most recent call last)" in result.output:
        return f"{result.reason}."
    return " ".join(result.output.split()) or f"it ended with status {result.status}."
