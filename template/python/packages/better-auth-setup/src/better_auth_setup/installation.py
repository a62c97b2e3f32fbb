"""Folders that an installer fills, and whether they are what their manifests ask for."""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_UNFINISHED = "unfinished"


class Installation:
    """An installed folder. A file in it says whether, and from what, it was last finished."""

    def __init__(self, folder: Path, manifests: Sequence[Path]) -> None:
        self.folder = folder
        self._manifests = manifests
        self._state = folder / ".setup-state"

    @property
    def is_current(self) -> bool:
        """Whether it was finished, and nothing it was made from has changed."""
        return self._read() == self._digest()

    @property
    def is_unfinished(self) -> bool:
        """Whether an installer was stopped half-way."""
        return self._read() == _UNFINISHED

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Marks the folder while an installer works on it; what was left half-way is removed."""
        if self.is_unfinished:
            shutil.rmtree(self.folder)
        self.folder.mkdir(exist_ok=True)
        self._state.write_text(_UNFINISHED)
        yield
        self._state.write_text(self._digest())

    def _read(self) -> str:
        try:
            return self._state.read_text()
        except (OSError, UnicodeDecodeError):
            return ""

    def _digest(self) -> str:
        digest = hashlib.sha256(sys.version.encode())
        for manifest in self._manifests:
            content = manifest.read_bytes() if manifest.exists() else b""
            digest.update(hashlib.sha256(content).digest())
        return digest.hexdigest()
