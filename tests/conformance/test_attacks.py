"""The attacks, direct and through the Python proxy.

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


def advantages(straight: Exchange, proxied: Exchange) -> Iterator[str]:
    """What an attacker gains behind the proxy and not straight.

    Which of several requests at a time wins, and whether one does, is chance: a rightful winner is
    no gain, even if the straight server had none.
    """
    winners = proxied.winners or 0
    if proxied.successes > max(straight.successes, winners):
        yield f"succeeds {proxied.successes} times instead of {straight.successes}"
    if proxied.signs_in and not (straight.signs_in or winners):
        yield "signs in"
    for kind, rows in proxied.answer["rows"].items():
        expected = len(straight.answer["rows"].get(kind, []))
        if len(rows) > max(expected, winners) and (winners or not straight.answer["rows"]):
            yield f"{kind} {len(rows)} times instead of {expected}: {rows}"


def is_fault(straight: Exchange, proxied: Exchange) -> bool:
    """Whether the proxied server answers 5xx, and the straight one does not.

    Both run the same better-auth: what it cannot answer (a NUL character, an unknown column) is no
    fault of the proxy. Nor is the 500 that it gives to a request that lost a race.
    """
    lost = proxied.winners is not None and proxied.status == 500
    return proxied.status >= 500 > straight.status and not lost


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_gains_nothing(servers: tuple[Server, Server], name: str) -> None:
    outcome = compare(ATTACKS[name], name, *servers)
    assert outcome.exchanges
    assert [one.name for one, _ in outcome.exchanges] == [two.name for _, two in outcome.exchanges]
    faults = [proxied for straight, proxied in outcome.exchanges if is_fault(straight, proxied)]
    assert not faults, "\n".join(map(str, faults))
    gains = [
        f"{name}: {proxied.name} {advantage}"
        for straight, proxied in outcome.exchanges
        for advantage in advantages(straight, proxied)
    ]
    assert not gains, "\n".join(gains)
