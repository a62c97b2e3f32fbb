"""Holds the differences that were found against those that are explained."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.conformance.comparison import Difference

#: Any value.
ANY = object()


@dataclass(frozen=True, eq=False)
class Explained:
    """A place that may differ; `*` stands for anything, there and in the values."""

    place: str
    official: Any = ANY
    python: Any = ANY

    def meets(self, difference: Difference) -> bool:
        """Whether it is about this difference."""
        return (
            _is_like(self.place, difference.place)
            and _is_like(self.official, difference.official)
            and _is_like(self.python, difference.python)
        )


class Explanations:
    """The written list, and how often each entry of it was met."""

    def __init__(self, reasons: Mapping[str, Sequence[Explained]]) -> None:
        self._reasons = reasons
        self._met: Counter[Explained] = Counter()
        self.by_reason: Counter[str] = Counter()

    def unexplained(self, differences: Iterable[Difference]) -> list[Difference]:
        """Those that no entry meets."""
        return [difference for difference in differences if not self._explain(difference)]

    def _explain(self, difference: Difference) -> bool:
        found = False
        for reason, entries in self._reasons.items():
            for entry in entries:
                if entry.meets(difference):
                    self._met[entry] += 1
                    self.by_reason[reason] += not found
                    found = True
        return found

    def unused(self) -> list[Explained]:
        """Entries that met nothing: what they explained is gone."""
        entries = [entry for entries in self._reasons.values() for entry in entries]
        return [entry for entry in entries if not self._met[entry]]


def _is_like(pattern: Any, value: Any) -> bool:
    if isinstance(pattern, str) and "*" in pattern:
        parts = map(re.escape, pattern.split("*"))
        return bool(re.fullmatch(".*".join(parts), str(value), re.DOTALL))
    return bool(pattern is ANY or pattern == value)
