"""What stands between the tables of the database and the Prisma schema."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from better_auth_setup.prisma import Prisma

#: The exit status of `prisma migrate diff --exit-code` when there is a difference.
_DIFFERENT = 2
_DATABASE_IS_MISSING = "P1003"
_ADDED_TABLES = "[+] Added tables"
_REBUILT_TABLE = re.compile(r"\[\*\] Redefined table `(.+)`$", re.MULTILINE)
_CHANGED_TABLE = re.compile(r"\[\*\] Changed the `(.+)` table$")
_REMOVAL = re.compile(r"removed (tables?|views?|enums?|columns?|variants?)\b")


@dataclass(frozen=True)
class Difference:
    """What would have to change in the database, in sentences; empty if nothing would."""

    changes: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.changes)

    def __str__(self) -> str:
        return "".join(f"\n      {change}" for change in self.changes)

    @property
    def removals(self) -> list[str]:
        """The changes that take tables, columns or values of an enum away."""
        return [change for change in self.changes if _REMOVAL.search(change)]


def difference(prisma: Prisma) -> Difference:
    """Compares the two without changing anything.

    Raises:
        Problem: they cannot be compared.
    """
    result = prisma.run(
        *("migrate", "diff", "--exit-code"),
        *("--from-config-datasource", "--to-schema", prisma.project.schema),
    )
    if result.status == 0:
        return Difference()
    if result.status == _DIFFERENT:
        return Difference(_changes(result.output) + _rebuilt(result.output, prisma))
    if _DATABASE_IS_MISSING in result.output:
        return Difference(["creates the database and all of its tables"])
    raise prisma.failure("migrate diff", result)


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
            title = re.sub(r"^\[.\] ", "", heading).replace("`", "")
            changes.append(f"{_first_lower(title)}: {', '.join(points)}")
        elif table[1] not in created:
            told = "; ".join(_first_lower(point.replace("`", "")) for point in points)
            changes.append(f"changes {table[1]}: {told}")
    return changes


def _counted(tables: list[str]) -> str:
    return f"{len(tables)} tables" if len(tables) > 1 else "a table"


def _first_lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _rebuilt(summary: str, prisma: Prisma) -> list[str]:
    """What becomes of SQLite's tables, which Prisma makes anew; its summary does not say why."""
    tables = _REBUILT_TABLE.findall(summary)
    if not tables:
        return []
    database, schema = "config-datasource", ["schema", prisma.project.schema]
    diff = ("migrate", "diff", "--script")
    forth = prisma.run(*diff, f"--from-{database}", f"--to-{schema[0]}", schema[1]).output
    back = prisma.run(*diff, f"--from-{schema[0]}", schema[1], f"--to-{database}").output
    return [f"changes {table}: {'; '.join(_points(table, forth, back))}" for table in tables]


def _points(table: str, forth: str, back: str) -> list[str]:
    """What becomes of a table's columns, by the scripts to the schema and back."""
    new, old = _columns(table, forth), _columns(table, back)
    gone = [name for name in old if name not in new]
    gone += re.findall(rf'^ALTER TABLE "{re.escape(table)}" ADD COLUMN +"(\w+)"', back, re.M)
    copied = re.search(rf'^INSERT INTO "new_{re.escape(table)}" \((.*?)\)', forth, re.M)
    kept = re.findall(r'"(\w+)"', copied[1]) if copied else list(new)
    found = [f"removed column {name}" for name in gone]
    found += [f"added column {name}" for name in new if name not in kept]
    found += [
        f"column {name} becomes {new[name]}"
        for name in new
        if name in kept and new[name] != old.get(name, new[name])
    ]
    return found or ["it is made anew, with all of its rows"]


def _columns(table: str, script: str) -> dict[str, str]:
    """The columns that a script makes in a new table, with what SQLite is told about them."""
    created = re.search(rf'^CREATE TABLE "new_{re.escape(table)}" \((.*?)^\);', script, re.M | re.S)
    return dict(re.findall(r'^ +"(\w+)" (.*?),?$', created[1], re.M)) if created else {}
