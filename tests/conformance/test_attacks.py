"""What attackers do: the proxied server stands it, and lets in nobody whom the other refuses.

The words of a refusal are not compared here, nor is which of several reasons a server names.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance import attacks
from tests.conformance.collected import flows_of
from tests.conformance.comparison import compare
from tests.conformance.servers import Server
from tests.conformance.world import Exchange

pytestmark = pytest.mark.e2e

ATTACKS = flows_of(attacks)


def advantages(official: Exchange, python: Exchange) -> Iterator[str]:
    """What somebody gains on the Python server and not on the official one."""
    if python.successes > official.successes:
        yield f"succeeds {python.successes} times instead of {official.successes}"
    if python.signs_in and not official.signs_in:
        yield "signs in"
    if python.answer["rows"] and not official.answer["rows"]:
        yield f"changes {python.answer['rows']}"


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_gains_nothing(servers: tuple[Server, Server], name: str) -> None:
    outcome = compare(ATTACKS[name], name, *servers)
    assert outcome.exchanges
    assert [one.name for one, _ in outcome.exchanges] == [two.name for _, two in outcome.exchanges]
    faults = [python for _, python in outcome.exchanges if python.status >= 500]
    assert not faults, "\n".join(map(str, faults))
    gains = [
        f"{name}: {python.name} {advantage}"
        for official, python in outcome.exchanges
        for advantage in advantages(official, python)
    ]
    assert not gains, "\n".join(gains)
