"""Reproducible random owners who edit a project between two updates."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.update.edits import Edit, fitting
from tests.update.library import LIBRARY, RESERVED, edits
from tests.update.simulation import Files


@dataclass(frozen=True)
class Kind:
    """A kind of owner.

    Attributes:
        among: the edits to choose from.
        others: whether to edit lines that a release removes.
    """

    name: str
    among: list[Edit]
    others: bool

    def script(self, stack: str, seed: int, *releases: Files) -> list[Edit]:
        """One owner's script: one to six edits for which the releases have a place."""
        chance = random.Random(f"{self.name} {seed}")
        needed = releases[:1] if self.others else releases
        found = [one for one in edits(stack, self.among) if all(map(one.has_place, needed))]
        return fitting(chance.sample(found, chance.randint(1, 6)), *needed)

    def formats(self, seed: int) -> bool:
        """Whether an owner runs `prisma format` at the end: every second one does."""
        return random.Random(f"{self.name} {seed} format").random() < 0.5


IN_RESERVED_PLACES = Kind("in reserved places", RESERVED, others=False)
ANYWHERE = Kind("anywhere", LIBRARY, others=True)
KINDS = [IN_RESERVED_PLACES, ANYWHERE]
