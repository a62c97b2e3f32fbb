"""Bringing the database up to date with schema.prisma, and comparing the two."""

from __future__ import annotations

import re
from collections.abc import Mapping

from _setup.console import Problem
from _setup.prisma import prisma
from _setup.programs import Result

#: The exit status of `prisma migrate diff --exit-code` when there is a difference.
_DIFFERENT = 2


def push(variables: Mapping[str, str], lock: int, *, accept_data_loss: bool) -> str:
    """Runs ``prisma db push``; says what came of it.

    Raises:
        Problem: it failed, or it would lose data and that was not accepted.
    """
    flags = ["--accept-data-loss"] if accept_data_loss else []
    result = prisma("db", "push", *flags, variables=variables, lock=lock)
    # The CLI also ends with status 0 when its engine ends too early.
    if result.status == 0 and "in sync" in result.output:
        return "nothing to change" if "already in sync" in result.output else "tables updated"
    losses = _bullets(result.output, "data loss")
    if losses and not accept_data_loss:
        raise Problem(
            f"`prisma db push` would lose data: {losses} Nothing was changed. Keep the data by "
            "changing prisma/schema.prisma or moving it first, or run setup again with "
            "--accept-data-loss."
        )
    impossible = _bullets(result.output, "cannot be executed")
    if impossible:
        raise Problem(
            f"`prisma db push` cannot change the database: {impossible} Nothing was changed. Give "
            "the field a default or make it optional in prisma/schema.prisma, or fill the rows in "
            "first."
        )
    raise Problem(f"`prisma db push` failed: {_reason(result)}.")


def difference(variables: Mapping[str, str]) -> str | None:
    """What ``prisma db push`` would do, or none.

    Raises:
        Problem: the two cannot be compared.
    """
    result = prisma(
        *("migrate", "diff", "--exit-code"),
        *("--from-config-datasource", "--to-schema", "prisma/schema.prisma"),
        variables=variables,
        lock=None,
    )
    if result.status == 0:
        return None
    if result.status == _DIFFERENT:
        return "The tables of the database are not those of prisma/schema.prisma."
    raise Problem(f"`prisma migrate diff` failed: {_reason(result)}.")


def _bullets(output: str, heading: str) -> str:
    """The points below a heading, as sentences."""
    _, found, below = output.partition(heading)
    if not found:
        return ""
    points = re.findall(r"^\s*[•*-]\s*(.+)$", below, re.MULTILINE)
    return " ".join(f"{point.rstrip('. ')}." for point in points)


def _reason(result: Result) -> str:
    """The CLI's error: everything from "Error:" on, on one line."""
    _, found, message = result.output.partition("Error:")
    words = " ".join(message.split()) if found else result.reason
    return words.rstrip(".") or f"it ended with status {result.status} and said nothing"
