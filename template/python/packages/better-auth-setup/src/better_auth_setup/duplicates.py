"""Finds what *generate* and an update have both added to the Prisma schema."""

from __future__ import annotations

from collections import Counter

from better_auth_setup.generate.document import read
from better_auth_setup.project import Project

_NAMED = ("model", "enum", "type", "view")


def problem(project: Project) -> str:
    """What to do if a model or field is defined twice; empty if none is."""
    blocks = [block for path in project.schema_files() for block in read(path).blocks]
    counts = Counter(block.name for block in blocks if block.kind in _NAMED)
    counts.update(f"{block.name}.{field.name}" for block in blocks for field in block.fields)
    twice = [name for name, count in counts.items() if count > 1]
    # The fields of a model that is there twice are, too.
    twice = [name for name in twice if name.partition(".")[0] not in twice or "." not in name]
    if not twice:
        return ""
    return (
        f"{project.schema} has {' and '.join(twice)} twice: what setup had added, an update has "
        "added as well. Keep one of each and run setup again."
    )
