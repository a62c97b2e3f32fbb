"""``better-auth-setup generate``: adds what better-auth needs to the Prisma schema."""

from __future__ import annotations

import argparse
import difflib
import sys
from dataclasses import dataclass
from pathlib import Path

from better_auth_setup.generate.configuration import described_tables
from better_auth_setup.generate.document import Document, client_folders, read
from better_auth_setup.generate.files import configured_paths, replace_files, schema_files
from better_auth_setup.generate.insertion import apply, insertions
from better_auth_setup.generate.plan import Plan, plan
from better_auth_setup.generate.tables import needed
from better_auth_setup.problem import Problem
from better_auth_setup.providers import provider_of
from better_auth_setup.wrapping import wrapped

DESCRIPTION = """\
Adds to the Prisma schema the models, fields, relations and indexes that the project's better-auth
configuration needs. Only adds lines: nothing is changed, moved or removed."""

STATUS = """\
Exit status: 0 if the schema has everything (now), 1 if something is left to be done: by hand, or
with --check at all; 2 if there is no schema or no configuration to work with."""


def main(arguments: list[str]) -> int:
    """Runs the command in the project's folder; returns an exit status of `STATUS`."""
    parser = argparse.ArgumentParser(
        prog="better-auth-setup generate", description=DESCRIPTION, epilog=STATUS
    )
    parser.add_argument("--check", action="store_true", help="only report what is missing")
    parser.add_argument("--diff", action="store_true", help="only show what would be added")
    parser.add_argument(
        "--schema",
        type=Path,
        help="a schema file, or a folder of them (default: as prisma.config.ts has it)",
    )
    parser.add_argument(
        "--config",
        type=Path,
        help="the file that exports auth (default: auth/auth.ts, src/lib/auth.ts, and so on)",
    )
    options = parser.parse_args(arguments)
    try:
        return _run(options)
    except Problem as error:
        print(wrapped(str(error)), file=sys.stderr)
        return 2


def _run(options: argparse.Namespace) -> int:
    found = compare(options.schema or configured_paths(Path())[0], options.config)
    # --diff writes a patch to stdout.
    out = sys.stderr if options.diff else sys.stdout
    if found.problems:
        print(wrapped("\n".join(found.problems)), file=sys.stderr)
        return 1
    for line in found.missing:
        print(line, file=out)
    if options.diff:
        _print_diff(found)
    elif found.missing and not options.check:
        found.add()
    if not found.missing or not (options.check or options.diff):
        print(found.result, file=out)
    return int(options.check and bool(found.missing))


@dataclass(frozen=True)
class Comparison:
    """A schema, with what it lacks for better-auth."""

    schema: Path
    documents: list[Document]
    plan: Plan

    @property
    def problems(self) -> list[str]:
        """What to fix by hand before anything is added, in sentences."""
        found = self.plan.problems
        return [*found, f"{self.schema} is left as it is."] if found else []

    @property
    def missing(self) -> list[str]:
        """What the schema lacks, a line for each model."""
        return [f"+ {lack}" for lack in self.plan.missing]

    @property
    def result(self) -> str:
        """The result of `add`, in words."""
        added = _counted(self.plan)
        return f"{self.schema}: {added} added" if added else f"{self.schema} is up to date"

    def texts(self) -> dict[Path, str]:
        """The new texts of the files that change."""
        made = insertions(self.plan)
        changed = [one.document for one in made]
        return {one.path: apply(one, made) for one in self.documents if one in changed}

    def add(self) -> None:
        """Adds what is missing to the files.

        Raises:
            Problem: a file cannot be written; all have their old text.
        """
        try:
            replace_files(self.texts())
        except OSError as error:
            raise Problem(f"The schema cannot be written: {error}") from None


def compare(schema: Path, config: Path | None = None) -> Comparison:
    """Compares a schema with what better-auth needs in the current folder; changes nothing.

    Args:
        schema: a file or folder.
        config: the file that exports ``auth``; None for the usual places.

    Raises:
        Problem: one of them cannot be read.
    """
    documents = _documents(schema)
    provider = provider_of("\n".join(line for one in documents for line in one.lines))
    clients = [one for one in client_folders(documents) if one]
    described = described_tables(Path(), config, provider, clients)
    return Comparison(schema, documents, plan(documents, needed(described, provider)))


def _documents(schema: Path) -> list[Document]:
    files = schema_files(schema)
    if not files:
        raise Problem(f"There is no Prisma file in {schema}. Name your schema with --schema.")
    try:
        return [read(file) for file in files]
    except FileNotFoundError:
        raise Problem(
            f"There is no {schema}. Name your schema, or its folder, with --schema."
        ) from None
    except OSError as error:
        raise Problem(f"{schema} cannot be read: {error}") from None


def _counted(result: Plan) -> str:
    models = sum(lack.block is None for lack in result.missing)
    lines = sum(len(lack.columns) + len(lack.attributes) for lack in result.missing)
    parts = [f"{models} model{'s' * (models > 1)}"] if models else []
    parts += [f"{lines} line{'s' * (lines > 1)} in existing models"] if lines else []
    return " and ".join(parts)


def _print_diff(found: Comparison) -> None:
    new = found.texts()
    for one in found.documents:
        if one.path in new:
            old, after = "".join(one.lines), new[one.path]
            name = one.path.as_posix()
            lines = difflib.unified_diff(
                old.splitlines(), after.splitlines(), f"a/{name}", f"b/{name}", lineterm=""
            )
            print("\n".join(lines))
