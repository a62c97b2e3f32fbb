"""Bringing the database up to date with the Prisma schema, by ``prisma db push``."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from better_auth_setup import project
from better_auth_setup.console import Console, Problem
from better_auth_setup.difference import difference
from better_auth_setup.prisma import prisma, reason
from better_auth_setup.programs import Result

#: A new unique index takes nothing away: it is made, or, over duplicates, it is not.
_UNIQUE = re.compile(r"A unique constraint covering the columns `\[(.+)\]` on the table `(.+?)` ")
_DUPLICATES = "P2002"


def push(variables: Mapping[str, str], lock: int, console: Console, *, loss: bool) -> str:
    """Says what will change in the tables, and changes it; says what came of it.

    Args:
        variables: the project's.
        lock: what the CLI holds while it runs.
        console: where it is said.
        loss: whether data may be deleted.

    Raises:
        Problem: it failed, or it would delete data and that was not accepted.
    """
    changes = difference(variables, lock)
    if not changes:
        return "nothing to change"
    console.say(f"    The database will change:{changes}")
    flags = ["--accept-data-loss"] if loss else []
    result = prisma("db", "push", *flags, variables=variables, lock=lock)
    losses = _points(result.output, "data loss")
    if losses and not loss and all(map(_UNIQUE.match, losses)):
        result = _execute(variables, lock)
        if result.status == 0:
            return "tables updated"
    # The CLI also ends with status 0 when its engine ends too early.
    elif result.status == 0 and "in sync" in result.output:
        return "tables updated"
    raise _problem(result, losses, accepted=loss)


def _execute(variables: Mapping[str, str], lock: int) -> Result:
    """Runs the difference as a script, which PostgreSQL does as a whole or not at all."""
    with tempfile.TemporaryDirectory() as folder:
        script = str(Path(folder, "script.sql"))
        made = prisma(
            *("migrate", "diff", "--script", "--output", script),
            *("--from-config-datasource", "--to-schema", project.schema()),
            variables=variables,
            lock=lock,
        )
        if made.status:
            return made
        return prisma("db", "execute", "--file", script, variables=variables, lock=lock)


def _problem(result: Result, losses: list[str], *, accepted: bool) -> Problem:
    """Why the tables were not changed, and what to do."""
    uniques = [found for point in losses if (found := _UNIQUE.match(point))]
    if _DUPLICATES in result.output and uniques:
        named = [one for one in uniques if f"{one[2]}_{one[1].replace(',', '_')}" in result.output]
        places = " or ".join(f"{one[1]} of {one[2]}" for one in named or uniques)
        return Problem(
            f"Rows of the database have the same value in {places}, which has to be unique. "
            "No row was changed; change those that are alike and run setup again."
        )
    if losses and not accepted:
        deleting = [point for point in losses if not _UNIQUE.match(point)]
        return Problem(
            f"`prisma db push` would lose data: {' '.join(deleting)} Nothing was changed. "
            f"{_advice(deleting)}Keep the data by changing {project.schema()} or moving it first, "
            "or run setup again with --accept-data-loss."
        )
    impossible = _points(result.output, "cannot be executed")
    if impossible:
        return Problem(
            f"`prisma db push` cannot change the database: {' '.join(impossible)} Nothing was "
            f"changed. Give the field a default or make it optional in {project.schema()}, or fill "
            "the rows in first."
        )
    return Problem(f"`prisma db push` failed: {reason(result)}.")


def _advice(losses: list[str]) -> str:
    """What better-auth's own changes need."""
    # https://github.com/better-auth/better-auth/issues/11274
    if any("column `issuer` on the `account` table" in point for point in losses):
        return (
            "better-auth 1.7.0 to 1.7.2 filled account.issuer and later ones do not, so nobody can "
            "sign up until it is optional or gone: to keep its values, write `issuer String?` into "
            "the model Account. "
        )
    return ""


def _points(output: str, heading: str) -> list[str]:
    """The points below a heading, as sentences."""
    _, _, below = output.partition(heading)
    points = re.findall(r"^\s*[•*-]\s*(.+)$", below, re.MULTILINE)
    return [f"{point.rstrip('. ')}." for point in points]
