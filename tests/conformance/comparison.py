"""Runs a flow on both servers, and compares responses and changed rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.conformance.servers import Server
from tests.conformance.world import Exchange, Flow, World, worlds

_NOTHING = "nothing"


@dataclass(frozen=True)
class Difference:
    """A difference between the proxied and the direct server."""

    place: str
    straight: Any
    proxied: Any

    def __str__(self) -> str:
        return f"{self.place}\n    straight: {self.straight!r}\n    proxied:  {self.proxied!r}"


@dataclass(frozen=True)
class Outcome:
    """The result of a flow on both servers.

    ``failures`` has what ended the flow early, or made its two transcripts unequally long.
    """

    exchanges: list[tuple[Exchange, Exchange]]
    differences: list[Difference]
    failures: list[str]


def compare(flow: Flow, name: str, straight: Server, proxied: Server) -> Outcome:
    """Runs a flow on one server after the other, since each deletes expired rows of both."""
    with worlds(straight, proxied) as both:
        failures = [f"{name}: {failure}" for world in both if (failure := _run(flow, world))]
    transcripts = [world.exchanges for world in both]
    first, second = map(len, transcripts)
    if first != second:
        failures.append(f"{name}: straight {first} requests, proxied {second}")
    # The shared part is compared even then, as it may show why.
    pairs = list(zip(*transcripts, strict=False))
    found = [
        difference for one, other in pairs for difference in _exchanges(f"{name}: ", one, other)
    ]
    return Outcome(pairs, found, failures)


def _run(flow: Flow, world: World) -> str | None:
    """Runs a flow; returns the error that ended it early, if any."""
    try:
        flow(world)
    except (AssertionError, KeyError, IndexError, TypeError, ValueError) as error:
        kind, sent = type(error).__name__, len(world.exchanges)
        return f"{kind} on the {world.server.name} server after {sent} requests: {error}"
    return None


def _exchanges(flow: str, straight: Exchange, proxied: Exchange) -> Iterator[Difference]:
    if straight.name != proxied.name:
        yield Difference(f"{flow}{straight.name}", straight.name, proxied.name)
    else:
        yield from _values(f"{flow}{straight.name}", straight.answer, proxied.answer)


def _values(place: str, straight: Any, proxied: Any) -> Iterator[Difference]:
    if isinstance(straight, dict) and isinstance(proxied, dict):
        for key in sorted(straight.keys() | proxied.keys()):
            pair = straight.get(key, _NOTHING), proxied.get(key, _NOTHING)
            yield from _values(f"{place} · {key}", *pair)
    elif isinstance(straight, list) and isinstance(proxied, list) and len(straight) == len(proxied):
        for index, pair in enumerate(zip(straight, proxied, strict=True)):
            yield from _values(f"{place} · {index}", *pair)
    elif type(straight) is not type(proxied) or straight != proxied:
        yield Difference(place, straight, proxied)


def check(outcome: Outcome) -> None:
    """Fails if anything differs, or a flow did not run to its end.

    A 5xx of both servers is not a difference: both run the same
    better-auth, and the proxy passes its faults on.
    """
    assert outcome.exchanges
    wrong = [*map(str, outcome.differences), *outcome.failures]
    assert not wrong, "\n".join(wrong)
