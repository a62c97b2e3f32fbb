"""Simulates Copier's merge for many projects at once.

Copier 9.19 (``Worker._apply_update``) writes the new render over the project, applies the owner's
diff from the old one with `git apply --reject`, and merges each file with rejected hunks with
`git merge-file`. Here the same commands run on the edited files only, and once for all projects;
``test_numbers`` compares the results with real updates.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.update.project import MARKER

Files = dict[str, str]
#: Not touched by updates (`_skip_if_exists` in copier.yml).
KEPT = ".env.local"
LABELS = ("before updating", "last update", "after updating")


@dataclass(frozen=True)
class Update:
    """The input of an update: the old render, the edited files, and the new render."""

    base: Files
    mine: Files
    new: Files

    def merged_by_git(self) -> set[str]:
        """The edited files that both releases have."""
        return {
            path
            for path, text in self.mine.items()
            if path != KEPT and text != self.base.get(path, text) and path in self.new
        }

    def otherwise(self) -> Files:
        """All other files: new ones without those that the owner deleted, and the owner's own."""
        deleted = self.base.keys() - self.mine.keys()
        own = {path: text for path, text in self.mine.items() if path not in self.base}
        files = {path: text for path, text in self.new.items() if path not in deleted} | own
        return files | {KEPT: self.mine[KEPT]}


@dataclass(frozen=True)
class Updated:
    """The files of an updated project, and which have conflict markers."""

    files: Files
    conflicts: list[str]


def simulate(updates: Sequence[Update], folder: Path) -> list[Updated]:
    """Updates the projects, with ``folder`` as git's working tree."""
    edited = [sorted(update.merged_by_git()) for update in updates]
    for number, update in enumerate(updates):
        for path in edited[number]:
            texts = {"base": update.base, "mine": update.mine, "new": update.new}
            for side, files in {**texts, "applied": update.new}.items():
                _write(folder / side / str(number) / path, files[path])
    _apply_edits(folder)
    results = []
    for number, update in enumerate(updates):
        merged = {path: _merged(folder, f"{number}/{path}") for path in edited[number]}
        conflicts = [path for path, text in merged.items() if MARKER.search(text)]
        results.append(Updated(update.otherwise() | merged, conflicts))
    return results


def _apply_edits(folder: Path) -> None:
    """Applies the edits to the new files; git writes a ``.rej`` for rejected hunks."""
    difference = ["git", "diff", "--no-index", "--no-renames", "--inter-hunk-context=-1"]
    patch = subprocess.run([*difference, "base", "mine"], cwd=folder, capture_output=True)
    assert patch.returncode in (0, 1), patch.stderr
    apply = ["git", "apply", "--reject", "-p2"]
    subprocess.run(apply, cwd=folder / "applied", input=patch.stdout, capture_output=True)


def _merged(folder: Path, name: str) -> str:
    if not (folder / "applied" / f"{name}.rej").exists():
        return (folder / "applied" / name).read_bytes().decode()
    labels = [word for label in LABELS for word in ("-L", label)]
    files = [f"{side}/{name}" for side in ("mine", "base", "new")]
    command = ["git", "merge-file", "--stdout", *labels, *files]
    return subprocess.run(command, cwd=folder, capture_output=True).stdout.decode()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
