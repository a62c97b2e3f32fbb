"""better-auth configurations for tests of *generate*: their tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from better_auth_setup import generate
from better_auth_setup.generate.tables import Needs, needed
from better_auth_setup.providers import PROVIDERS

from hooks import node
from hooks.official import ask

DESCRIBE = Path(generate.__file__).with_name("describe.mjs").as_uri()

Case = dict[str, Any]


def all_needs(cases: Sequence[Case], versions: dict[str, str] | None = None) -> list[Needs]:
    """What better-auth needs in each case, all in one call.

    Args:
        cases: ``provider``, ``features``, and optionally, as JavaScript, further ``options`` of
            ``betterAuth`` and of the ``adapter``.
        versions: of the npm packages; the pinned ones by default.
    """
    found = described(cases, versions)
    return [
        needed(one, PROVIDERS[case["provider"]]) for one, case in zip(found, cases, strict=True)
    ]


def described(cases: Sequence[Case], versions: dict[str, str] | None = None) -> list[Any]:
    """The unparsed description of each case that *generate* reads."""
    asked = [{**case, "described": DESCRIBE} for case in cases]
    return ask(asked, versions or node.pinned(*node.BETTER_AUTH))


def needs(
    *features: str, provider: str = "postgresql", options: str = "{}", adapter: str = "{}"
) -> Needs:
    """What better-auth needs with these features, in this order."""
    return _needs(features, provider, options, adapter)


@cache
def _needs(features: tuple[str, ...], provider: str, options: str, adapter: str) -> Needs:
    case = {"provider": provider, "options": options, "adapter": adapter}
    (found,) = all_needs([{**case, "features": list(features)}])
    return found


def with_each(sets: Iterable[Iterable[str]], provider: str) -> list[Case]:
    """A case for each set of features."""
    return [{"provider": provider, "features": list(features)} for features in sets]
