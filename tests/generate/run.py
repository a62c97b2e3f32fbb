"""generate on schema texts, without files."""

from __future__ import annotations

from pathlib import Path

from better_auth import BetterAuth
from better_auth_setup.generate.document import parse
from better_auth_setup.generate.insertion import apply, insertions
from better_auth_setup.generate.plan import plan
from better_auth_setup.generate.tables import needed


def generate(auth: BetterAuth, *schemas: str, provider: str = "postgresql") -> list[str]:
    """What generate makes of the files of a schema; every file, changed or not.

    Raises:
        ValueError: there are problems, which it names.
    """
    documents = [parse(Path(f"{number}.prisma"), text) for number, text in enumerate(schemas)]
    result = plan(documents, needed(auth, provider), provider)
    if result.problems:
        raise ValueError("\n".join(result.problems))
    made = insertions(result.missing, result.habits)
    return [apply(document, made) for document in documents]
