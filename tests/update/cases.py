"""Updates of randomly edited projects, and their expected results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from tests.node import ask_prisma
from tests.update.edits import Edit, fitting
from tests.update.history import OLDEST, PAIRS, PRESENT, RELEASES
from tests.update.library import PLUGINS_BY_HAND, SCHEMA
from tests.update.people import KINDS, Kind
from tests.update.project import COMMON, Projects
from tests.update.simulation import Files, Update


@dataclass(frozen=True)
class Step:
    """An update from one release to another, possibly with other answers."""

    name: str
    old: str
    new: str
    otherwise: dict[str, Any] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return self.name


def _name(old: str, new: str) -> str:
    versions = {release.tag: release.better_auth for release in RELEASES}
    return f"{versions[old]} to {versions[new]}"


#: From the oldest release to the present one, with the same answers or others.
WHOLE = Step(_name(OLDEST, PRESENT), OLDEST, PRESENT)
MORE_PLUGINS = replace(
    WHOLE,
    name=f"{WHOLE}, three plugins more",
    otherwise={"plugins": [*COMMON["plugins"], "two-factor", "passkey", "device-authorization"]},
)
FEWER_PLUGINS = replace(
    WHOLE,
    name=f"{WHOLE}, two plugins less",
    otherwise={"plugins": [one for one in COMMON["plugins"] if one not in ("username", "api-key")]},
)
STEPS = [*(Step(_name(*pair), *pair) for pair in PAIRS), MORE_PLUGINS, FEWER_PLUGINS]


@dataclass(frozen=True)
class Case:
    """One owner's edits, and the expected result of the update.

    Attributes:
        expected: the new release with the same edits; None if it lacks a place for them.
    """

    step: Step
    kind: Kind
    script: list[Edit]
    update: Update
    expected: Files | None

    @property
    def is_contested(self) -> bool:
        """Whether an edit affects lines that the update removes or that its answers change.

        A conflict is expected then.
        """
        by_hand = any(edit in PLUGINS_BY_HAND for edit in self.script)
        return self.expected is None or (by_hand and "plugins" in self.step.otherwise)

    def __str__(self) -> str:
        return f"{self.step}: {', '.join(edit.name for edit in self.script)}"


def cases(
    projects: Projects, stack: str, seeds: range, steps: Sequence[Step] = STEPS
) -> list[Case]:
    """One case for each step, kind of owner and seed."""
    found, formatted = [], []
    for step, kind, seed in product(steps, KINDS, seeds):
        base = projects.texts(step.old, {"stack": stack, **COMMON})
        new = projects.texts(step.new, {"stack": stack, **COMMON, **step.otherwise})
        script = kind.script(stack, seed, base, new)
        expected = edited(new, script) if fitting(script, new) == script else None
        found.append(Case(step, kind, script, Update(base, edited(base, script), new), expected))
        if kind.formats(seed):
            formatted.append(found[-1].update.mine)
    texts = ask_prisma([files[SCHEMA] for files in formatted], "format")
    for files, text in zip(formatted, texts, strict=True):
        files[SCHEMA] = text
    return found


def edited(files: Files, script: list[Edit]) -> Files:
    for edit in script:
        files = edit.edited(files)
    return files
