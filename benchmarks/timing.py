"""Shared by the benchmarks: timing commands, and tables of medians."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path


def seconds(command: Sequence[str], folder: Path, env: Mapping[str, str] | None = None) -> float:
    """The duration of a command, whose output is discarded.

    Raises:
        subprocess.CalledProcessError: the command failed, so its time means nothing.
    """
    return timed(command, folder, env)[0]


def timed(
    command: Sequence[str], folder: Path, env: Mapping[str, str] | None = None
) -> tuple[float, str]:
    """The duration of a command in seconds, and its output.

    Raises:
        subprocess.CalledProcessError: the command failed, so its time means nothing.
    """
    start = time.perf_counter()
    result = subprocess.run(command, cwd=folder, env=env, check=True, capture_output=True)
    return time.perf_counter() - start, result.stdout.decode()


def table(rows: Mapping[str, Sequence[float]], unit: str = "s") -> str:
    """The median, the fastest and the slowest of each row, as Markdown."""
    lines = ["| | median | fastest | slowest |", "|---|---|---|---|"]
    for name, times in rows.items():
        values = (statistics.median(times), min(times), max(times))
        lines.append(f"| {name} | " + " | ".join(f"{value:.2f} {unit}" for value in values) + " |")
    return "\n".join(lines)
