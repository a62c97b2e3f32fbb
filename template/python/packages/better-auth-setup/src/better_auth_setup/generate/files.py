"""The files of a schema: where they are, and how they are written as a whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path


def configured_schema(root: Path) -> Path:
    """The schema's file or folder in a project, by ``prisma.config.ts``, else Prisma's usual one.

    Args:
        root: the project's folder; the result is relative to it.
    """
    try:
        config = (root / "prisma.config.ts").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        config = ""
    found = re.search(r"""^\s*schema:\s*["']([^"']+)["']""", config, flags=re.M)
    return Path(found[1] if found else "prisma/schema.prisma")


def schema_files(schema: Path) -> list[Path]:
    """The files that a schema consists of: those in a folder, or the one that it is."""
    if not schema.is_dir():
        return [schema]
    found = sorted(schema.rglob("*.prisma"))
    return [one for one in found if "node_modules" not in one.relative_to(schema).parts]


def replace_files(texts: Mapping[Path, str]) -> None:
    """Gives existing files new texts, all of them or none; links and permissions stay.

    The new texts are written beside the files, so that whoever reads one, or finds it after a
    crash, has the old or the new one whole.

    Raises:
        OSError: one of them cannot be replaced; those that were have their old texts again.
    """
    with ExitStack() as drafts, ExitStack() as way_back:
        replacements = []
        for path, text in texts.items():
            target = path.resolve()
            new = target.with_name(f".{target.name}.{os.getpid()}.new")
            old = target.with_name(f".{target.name}.{os.getpid()}.old")
            drafts.callback(new.unlink, missing_ok=True)
            drafts.callback(old.unlink, missing_ok=True)
            new.write_bytes(text.encode("utf-8"))
            shutil.copymode(target, new)
            shutil.copy2(target, old)
            replacements.append((target, new, old))
        for target, new, old in replacements:
            new.replace(target)
            way_back.callback(old.replace, target)
        way_back.pop_all()
