"""Counts conflicts of updates of edited projects, and checks that nothing is lost.

Usage: python -m tests.update.numbers [SCRIPTS]

For each step between releases, stack and kind of owner, simulates Copier's merge of SCRIPTS random
scripts of edits (``simulation``). The table has the share of edited files with conflict markers,
and the result of the Python stack's semantic merge. Exits with 1 if a line was lost, a schema is
wrong, or there are more conflicts than documented.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from better_auth_setup.generate.merge import Merged, merge

from tests.answers import STACKS
from tests.node import ask_prisma
from tests.update import history
from tests.update.cases import STEPS, Case, Step, cases
from tests.update.library import SCHEMA
from tests.update.people import ANYWHERE, IN_RESERVED_PLACES, Kind
from tests.update.project import Projects, lost_lines, own_lines
from tests.update.simulation import KEPT, Update, Updated, simulate

#: The allowed percentage of edited files with conflict markers, by kind of owner.
ALLOWED = {IN_RESERVED_PLACES.name: 0, ANYWHERE.name: 5}


@dataclass
class Row:
    """The counts for a step, a stack and a kind of owner.

    Attributes:
        files: edited files that the release has as well.
        conflicts: files with conflict markers.
        rightly: further files with markers, where an edit and the update contradict each other.
        projects: projects with conflict markers.
        resolved: conflicting schemas for which the semantic merge gave the expected result.
        held_back: schemas where it kept and reported lines that the release removes.
        wrong: descriptions of failures.
    """

    step: Step
    stack: str
    kind: Kind
    files: int = 0
    conflicts: int = 0
    rightly: int = 0
    projects: int = 0
    resolved: int = 0
    held_back: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The percentage of files with markers."""
        return 100 * self.conflicts / self.files

    def is_as_promised(self) -> bool:
        return not self.wrong and self.share <= ALLOWED[self.kind.name]

    def cells(self) -> list[Any]:
        merged = [self.resolved, self.held_back] if self.stack == "python" else ["", ""]
        counted = [self.files, f"{self.share:.1f} %", self.rightly, self.projects]
        return [self.step.name, self.stack, self.kind.name, *counted, *merged, len(self.wrong)]


HEADINGS = [
    *("update", "stack", "edits", "files edited", "with markers", "rightly so"),
    *("projects with markers", "schemas merged", "with something held back", "lost or wrong"),
]


def count(projects: Projects, stack: str, seeds: range, steps: Sequence[Step] = STEPS) -> list[Row]:
    """Updates one project for each step, kind of owner and seed."""
    rows: dict[tuple[str, str], Row] = {}
    made = cases(projects, stack, seeds, steps)
    with TemporaryDirectory() as folder:
        results = simulate([case.update for case in made], Path(folder))
    schemas: list[tuple[Row, Case, str]] = []
    for case, result in zip(made, results, strict=True):
        key = case.step.name, case.kind.name
        row = rows.setdefault(key, Row(case.step, stack, case.kind))
        row.files += len(case.update.merged_by_git())
        row.projects += bool(result.conflicts)
        row.wrong += [f"{case}: {problem}" for problem in problems(case, result)]
        if case.is_contested:
            row.rightly += len(result.conflicts)
        else:
            row.conflicts += len(result.conflicts)
        if SCHEMA not in result.conflicts:
            schemas.append((row, case, result.files[SCHEMA]))
        elif stack == "python":
            schemas.append((row, case, resolve(row, case)))
    compare_schemas(schemas)
    return list(rows.values())


def problems(case: Case, result: Updated) -> Iterator[str]:
    """The lost lines, and the files that differ from the new release with the edits."""
    own = own_lines(case.update.base, case.update.mine)
    for path, lines in lost_lines(own, result.files).items():
        yield f"{path} lost {list(lines)}"
    if case.expected is None:
        return
    for path in case.expected.keys() | result.files.keys():
        is_elsewhere = path in (KEPT, SCHEMA, *result.conflicts)
        if not is_elsewhere and case.expected.get(path) != result.files.get(path):
            yield f"{path} is not as expected"


def resolve(row: Row, case: Case) -> str:
    """Merges a schema semantically, and counts the result."""
    update = case.update
    merged = merge(update.base[SCHEMA], update.mine[SCHEMA], update.new[SCHEMA])
    row.wrong += [f"{case}: {line} was lost" for line in lost_from(update, merged)]
    row.held_back += bool(merged.held_back)
    row.resolved += not merged.held_back
    if merged.held_back and case.expected:
        row.wrong.append(f"{case}: {merged.held_back}")
    return merged.text


def lost_from(update: Update, merged: Merged) -> list[str]:
    """The owner's lines that the semantic merge lost."""
    base, mine, now = (
        [" ".join(line.split()) for line in text.splitlines()]
        for text in (update.base[SCHEMA], update.mine[SCHEMA], merged.text)
    )
    return [line for line in mine if line not in base and line not in now]


def compare_schemas(schemas: Sequence[tuple[Row, Case, str]]) -> None:
    """Records schemas that are invalid or differ in meaning from the expected ones."""
    compared = []
    refused = ask_prisma([text for *_, text in schemas], "validate")
    for (row, case, text), error in zip(schemas, refused, strict=True):
        if error:
            row.wrong.append(f"{case}: {error}")
        elif case.expected:
            compared.append((row, case, text, case.expected[SCHEMA]))
    meant = ask_prisma([text for *_, one, two in compared for text in (one, two)], "meaning")
    for (row, case, *_), one, two in zip(compared, meant[::2], meant[1::2], strict=True):
        if one != two:
            row.wrong.append(f"{case}: the schema means something else")


def main(scripts: int) -> int:
    """Prints the table; returns 1 on failures."""
    os.environ.update(history.PLAIN_GIT)
    kept = True
    print(f"| {' | '.join(HEADINGS)} |\n|{'---|' * len(HEADINGS)}")
    with TemporaryDirectory() as folder:
        releases = Path(folder) / "releases"
        releases.mkdir()
        projects = Projects(history.build(releases), Path(folder) / "renders")
        for stack in STACKS:
            for row in count(projects, stack, range(scripts)):
                print(f"| {' | '.join(map(str, row.cells()))} |", flush=True)
                sys.stderr.writelines(f"{problem}\n" for problem in row.wrong)
                kept = kept and row.is_as_promised()
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
