"""Runs *generate* on schema texts, without files."""

from __future__ import annotations

from pathlib import Path

from better_auth_setup.generate.document import parse
from better_auth_setup.generate.insertion import apply, insertions
from better_auth_setup.generate.plan import plan
from better_auth_setup.generate.tables import Needs


def generate(needs: Needs, *schemas: str) -> list[str]:
    """Runs generate on the files of a schema; returns every file, changed or not.

    Raises:
        ValueError: the plan has problems; names them.
    """
    documents = [parse(Path(f"{number}.prisma"), text) for number, text in enumerate(schemas)]
    result = plan(documents, needs)
    if result.problems:
        raise ValueError("\n".join(result.problems))
    made = insertions(result)
    return [apply(document, made) for document in documents]
