"""Writing files so that a failure leaves all of them as they were."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path


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
