"""Runs a flow on both servers, and compares what they answered and what they wrote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.conformance.servers import Server
from tests.conformance.world import Exchange, Flow, World, worlds

_NOTHING = "nothing"


@dataclass(frozen=True)
class Difference:
    """Where the Python server differs from the official one."""

    place: str
    official: Any
    python: Any

    def __str__(self) -> str:
        return f"{self.place}\n    official: {self.official!r}\n    python:   {self.python!r}"


@dataclass(frozen=True)
class Outcome:
    """What came of a flow."""

    exchanges: list[tuple[Exchange, Exchange]]
    differences: list[Difference]


def compare(flow: Flow, name: str, official: Server, python: Server) -> Outcome:
    """Runs a flow on one server after the other, as each tidies up what expires for both."""
    with worlds(official, python) as both:
        failures = [_run(flow, world) for world in both]
    transcripts = [world.exchanges for world in both]
    pairs = list(zip(*transcripts, strict=False))
    found = [
        difference for one, other in pairs for difference in _exchanges(f"{name}: ", one, other)
    ]
    if any(failures):
        found.append(Difference(f"{name}: the end", failures[0], failures[1]))
    return Outcome(pairs, found)


def _run(flow: Flow, world: World) -> str | None:
    """What keeps the flow from going on, if anything does."""
    try:
        flow(world)
    except (AssertionError, KeyError, IndexError, TypeError, ValueError) as error:
        return f"{type(error).__name__} after {len(world.exchanges)} requests: {error}"
    return None


def _exchanges(flow: str, official: Exchange, python: Exchange) -> Iterator[Difference]:
    if official.name != python.name:
        yield Difference(f"{flow}{official.name}", official.name, python.name)
    else:
        yield from _values(f"{flow}{official.name}", official.answer, python.answer)


def _values(place: str, official: Any, python: Any) -> Iterator[Difference]:
    if isinstance(official, dict) and isinstance(python, dict):
        for key in sorted(official.keys() | python.keys()):
            pair = official.get(key, _NOTHING), python.get(key, _NOTHING)
            yield from _values(f"{place} · {key}", *pair)
    elif isinstance(official, list) and isinstance(python, list) and len(official) == len(python):
        for index, pair in enumerate(zip(official, python, strict=True)):
            yield from _values(f"{place} · {index}", *pair)
    elif type(official) is not type(python) or official != python:
        yield Difference(place, official, python)
