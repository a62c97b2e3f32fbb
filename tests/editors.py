"""The ways in which editors save a file."""

from __future__ import annotations

from pathlib import Path


def in_place(file: Path, text: str) -> None:
    file.write_text(text)


def by_rename(file: Path, text: str) -> None:
    draft = file.with_suffix(".tmp")
    draft.write_text(text)
    draft.replace(file)


def by_backup(file: Path, text: str) -> None:
    backup = file.with_suffix(".ts~")
    file.rename(backup)
    file.write_text(text)
    backup.unlink()


def by_deleting(file: Path, text: str) -> None:
    file.unlink()
    file.write_text(text)
