"""Holds the differences that were found against those that are explained."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tests.conformance.comparison import Difference


class Explanations:
    """The written list: reasons, each with the patterns of the places that it explains."""

    def __init__(self, reasons: Mapping[str, Sequence[str]]) -> None:
        self._patterns = [
            (_pattern(text), text, reason) for reason, texts in reasons.items() for text in texts
        ]
        self._met: Counter[str] = Counter()
        self.by_reason: Counter[str] = Counter()

    def unexplained(self, differences: Iterable[Difference]) -> list[Difference]:
        """Those that no pattern meets."""
        return [difference for difference in differences if not self._explains(difference)]

    def _explains(self, difference: Difference) -> bool:
        found = [entry for entry in self._patterns if entry[0].fullmatch(difference.place)]
        for _, text, _ in found:
            self._met[text] += 1
        if found:
            self.by_reason[found[0][2]] += 1
        return bool(found)

    def unused(self) -> list[str]:
        """Patterns that met nothing: what they explained is gone."""
        return [text for _, text, _ in self._patterns if not self._met[text]]


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, text.split("*"))))
