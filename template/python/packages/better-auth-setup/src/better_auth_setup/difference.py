"""What stands between the tables of the database and the Prisma schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from better_auth_setup import project, rebuilt_tables
from better_auth_setup.console import Problem
from better_auth_setup.prisma import prisma, reason

#: The exit status of `prisma migrate diff --exit-code` when there is a difference.
_DIFFERENT = 2
_DATABASE_IS_MISSING = "P1003"
_ADDED_TABLES = "[+] Added tables"
_REBUILT_TABLE = re.compile(r"\[\*\] Redefined table `(.+)`$", re.MULTILINE)
_CHANGED_TABLE = re.compile(r"\[\*\] Changed the `(.+)` table$")


@dataclass(frozen=True)
class Difference:
    """What would have to change in the database, in sentences; empty if nothing would."""

    changes: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.changes)

    def __str__(self) -> str:
        return "".join(f"\n      {change}" for change in self.changes)


def difference(variables: Mapping[str, str], lock: int | None) -> Difference:
    """Compares the two without changing anything.

    Raises:
        Problem: they cannot be compared.
    """
    result = prisma(
        *("migrate", "diff", "--exit-code"),
        *("--from-config-datasource", "--to-schema", project.schema()),
        variables=variables,
        lock=lock,
    )
    if result.status == 0:
        return Difference()
    if result.status == _DIFFERENT:
        return Difference(_changes(result.output) + _rebuilt(result.output, variables, lock))
    if _DATABASE_IS_MISSING in result.output:
        return Difference(["creates the database and all of its tables"])
    raise Problem(f"`prisma migrate diff` failed: {reason(result)}.")


def _rebuilt(summary: str, variables: Mapping[str, str], lock: int | None) -> list[str]:
    """What becomes of the tables that are made anew, a line for each."""
    tables = _REBUILT_TABLE.findall(summary)
    if not tables:
        return []
    forth, back = rebuilt_tables.scripts(variables, lock)
    return [
        f"changes {table}: {'; '.join(rebuilt_tables.points(table, forth, back))}"
        for table in tables
    ]


def _changes(summary: str) -> list[str]:
    """Prisma's summary, a line for each table; what a new table consists of is left out."""
    parts: dict[str, list[str]] = {}
    for line in summary.splitlines():
        if line.startswith("["):
            part = parts.setdefault(line.strip(), [])
        elif parts and re.match(r" +(-|\[.\]) ", line):
            part.append(re.sub(r"^(- |\[.\] )", "", line.strip()))
    created = parts.pop(_ADDED_TABLES, [])
    changes = [f"creates {_counted(created)}: {', '.join(created)}"] if created else []
    for heading, points in parts.items():
        table = _CHANGED_TABLE.match(heading)
        if _REBUILT_TABLE.match(heading):
            continue
        if table is None:
            title = re.sub(r"^\[.\] ", "", heading)
            changes.append(f"{_first_lower(title)}: {', '.join(points)}")
        elif table[1] not in created:
            told = "; ".join(_first_lower(point.replace("`", "")) for point in points)
            changes.append(f"changes {table[1]}: {told}")
    return changes


def _counted(tables: list[str]) -> str:
    return f"{len(tables)} tables" if len(tables) > 1 else "a table"


def _first_lower(text: str) -> str:
    return text[:1].lower() + text[1:]
