"""Updates the database to the Prisma schema with ``prisma db push``."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from better_auth_setup.console import Console
from better_auth_setup.difference import Difference, endless
from better_auth_setup.prisma import Prisma
from better_auth_setup.problem import Problem
from better_auth_setup.programs import Result
from better_auth_setup.wrapping import wrapped

#: A new unique index loses no data: over duplicates, creating it fails.
_UNIQUE = re.compile(r"A unique constraint covering the columns `\[(.+)\]` on the table `(.+?)` ")
_DUPLICATES = "P2002"
#: Changes that a push may make again and again.
_MAY_RETURN = re.compile(r": altered column|; altered column| becomes | is rebuilt ")


def push(prisma: Prisma, console: Console, changes: Difference, *, loss: bool) -> str:
    """Prints what will change in the tables, and changes it; returns the result in words.

    Args:
        prisma: the CLI, for this database.
        console: for the output.
        changes: what has to change in the database.
        loss: whether tables, columns and data may be deleted.

    Raises:
        Problem: the push failed, or it would delete something without ``loss``.
    """
    if not changes:
        return "nothing to change"
    # Prisma warns only of lost rows, and would drop empty tables of other programs silently.
    is_refused = changes.dropped and not loss
    console.say(f"    The database {'would' if is_refused else 'will'} change:{changes}")
    if is_refused:
        raise _refusal(prisma, changes.dropped)
    result = prisma.run("db", "push", *(["--accept-data-loss"] if loss else []))
    losses = _points(result.output, "data loss")
    if losses and not loss and all(map(_UNIQUE.match, losses)):
        result = _execute(prisma)
        is_pushed = result.status == 0
    else:
        is_pushed = is_done(result)
    if is_pushed:
        _name_endless(prisma, console, changes)
        return "tables updated"
    raise _problem(prisma, result, losses, accepted=loss)


def _name_endless(prisma: Prisma, console: Console, changes: Difference) -> None:
    """Prints and records the fields that still differ after the push."""
    has_expressions = "dbgenerated(" in prisma.project.schema_text()
    if not has_expressions and not any(map(_MAY_RETURN.search, changes.changes)):
        return
    if fields := endless(prisma):
        sentence = (
            f"Each push would change {', '.join(fields)} again: the database writes the default "
            "in a way of its own. Setup leaves that alone from now on."
        )
        console.say(f"    {wrapped(sentence, 76, '    ')}")


def is_done(result: Result) -> bool:
    """Whether `prisma db push` succeeded; its status is 0 even if its engine crashed."""
    return result.status == 0 and "in sync" in result.output


def _refusal(prisma: Prisma, dropped: list[str]) -> Problem:
    """The message that names what would be dropped, and the ways out."""
    schema = prisma.project.schema
    named = " and ".join(filter(None, [", ".join(dropped[:-1]), dropped[-1]]))
    advice = ""
    # https://github.com/better-auth/better-auth/issues/11274
    if "the column issuer of account" in dropped:
        advice = (
            "better-auth 1.7.0 to 1.7.2 filled account.issuer and later ones do not, so nobody can "
            "sign up until it is optional or gone: to keep its values, write `issuer String?` and "
            "`@@unique([issuer, accountId])` into the model Account. "
        )
    provider = prisma.project.provider
    place = f"a {'file' if provider.is_file else 'database'} for this project alone"
    if provider.protocol == "PostgreSQL":
        place = f"a schema (?schema=…) or {place}"
    return Problem(
        f"Setup would drop {named}, which {schema} does not have. Nothing was changed. {advice}If "
        f"another program needs them, name {place} in DATABASE_URL, or write models for them, or "
        f"their fields and indexes, into {schema}; to drop them, run setup again with "
        "--accept-data-loss."
    )


def _execute(prisma: Prisma) -> Result:
    """Runs the difference as one script, which PostgreSQL executes atomically."""
    with tempfile.TemporaryDirectory() as folder:
        script = str(Path(folder, "script.sql"))
        made = prisma.run(
            *("migrate", "diff", "--script", "--output", script),
            *("--from-config-datasource", "--to-schema", prisma.project.schema),
        )
        return made if made.status else prisma.run("db", "execute", "--file", script)


def _problem(prisma: Prisma, result: Result, losses: list[str], *, accepted: bool) -> Problem:
    """Why the tables were not changed, and what to do."""
    schema = prisma.project.schema
    uniques = [found for point in losses if (found := _UNIQUE.match(point))]
    if _DUPLICATES in result.output and uniques:
        named = [one for one in uniques if f"{one[2]}_{one[1].replace(',', '_')}" in result.output]
        places = " or ".join(f"{one[1]} of {one[2]}" for one in named or uniques)
        return Problem(
            f"Rows of the database have the same value in {places}, which has to be unique. "
            "No row was changed; change the duplicates and run setup again."
        )
    if losses and not accepted:
        deleting = [point for point in losses if not _UNIQUE.match(point)]
        return Problem(
            f"`prisma db push` would lose data: {' '.join(deleting)} Nothing was changed. Keep the "
            f"data by changing {schema} or moving it first, or run setup again with "
            "--accept-data-loss."
        )
    if impossible := _points(result.output, "cannot be executed"):
        return Problem(
            f"`prisma db push` cannot change the database: {' '.join(impossible)} Nothing was "
            f"changed. Give the field a default or make it optional in {schema}, or fill the rows "
            "in first."
        )
    return prisma.failure("db push", result)


def _points(output: str, heading: str) -> list[str]:
    """The list items below a heading, as sentences."""
    _, _, below = output.partition(heading)
    points = re.findall(r"^\s*[•*-]\s*(.+)$", below, re.MULTILINE)
    return [f"{point.rstrip('. ')}." for point in points]
