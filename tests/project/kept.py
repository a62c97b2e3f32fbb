"""Results that take long to make, shared between test runs like npm's packages."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hooks import node
from tests.template import REPOSITORY


@contextmanager
def kept(what: str, *sources: bytes) -> Iterator[tuple[Path, bool]]:
    """A folder for what is made of these sources, and whether the ``with`` block has to make it.

    Other processes wait until the block ends. If it fails, the next one finds what it left behind.
    """
    key = hashlib.sha256(b"\0".join(sources)).hexdigest()[:12]
    folder = REPOSITORY / ".cache" / "projects" / f"{what}-{key}"
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / "made"
    with node.locked(folder / "lock"):
        yield folder, not made.exists()
        made.touch()
