"""The attacks, direct and through the Python proxy.

Compares neither the text of refusals nor which of several reasons is given.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance import attacks
from tests.conformance.collected import flows_of
from tests.conformance.comparison import Outcome, compare
from tests.conformance.servers import Server
from tests.conformance.world import Exchange, World

pytestmark = pytest.mark.e2e

ATTACKS = flows_of(attacks)


def advantages(straight: Exchange, proxied: Exchange) -> Iterator[str]:
    """What an attacker gains through the proxy but not directly.

    Which of several concurrent requests succeeds is random: as many successes as allowed are
    no gain, even if the direct server had none.
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
    """Whether only the proxied server answers 5xx.

    Both run the same better-auth, whose own 5xx (an unknown column, a lost race) are not the fault
    of the proxy.
    """
    lost = proxied.winners is not None and proxied.status == 500
    return proxied.status >= 500 > straight.status and not lost


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=getattr(attack, "pytestmark", ()))
        for name, attack in ATTACKS.items()
    ],
)
def test_an_attack_gains_nothing_through_the_proxy(
    servers: tuple[Server, Server], name: str
) -> None:
    check(compare(ATTACKS[name], name, *servers))


@pytest.mark.parametrize("failing", ["straight", "proxied"])
def test_an_assertion_of_an_attack_counts_on_either_server(
    servers: tuple[Server, Server], failing: str
) -> None:
    def attack(world: World) -> None:
        world.browser().session()
        assert world.server.name != failing, "it got in"

    with pytest.raises(AssertionError, match=f"on the {failing} server .*: it got in"):
        check(compare(attack, "an attack", *servers))


def test_an_attack_that_fails_alike_on_both_servers_is_reported(
    servers: tuple[Server, Server],
) -> None:
    def attack(world: World) -> None:
        world.browser().session()["user"]

    with pytest.raises(AssertionError, match="TypeError"):
        check(compare(attack, "an attack", *servers))


@pytest.mark.parametrize("shorter", ["straight", "proxied"])
def test_a_transcript_that_ends_early_is_reported(
    servers: tuple[Server, Server], shorter: str
) -> None:
    def attack(world: World) -> None:
        world.browser().session()
        if world.server.name != shorter:
            world.browser().session()

    with pytest.raises(AssertionError, match=r"straight [12] requests, proxied [12]"):
        check(compare(attack, "an attack", *servers))


def check(outcome: Outcome) -> None:
    """Fails if the proxy gives an attacker an advantage, or the attack did not run to its end."""
    assert outcome.exchanges
    assert not outcome.failures, "\n".join(outcome.failures)
    assert [one.name for one, _ in outcome.exchanges] == [two.name for _, two in outcome.exchanges]
    faults = [proxied for straight, proxied in outcome.exchanges if is_fault(straight, proxied)]
    assert not faults, "\n".join(map(str, faults))
    gains = [
        f"{proxied.name} {advantage}"
        for straight, proxied in outcome.exchanges
        for advantage in advantages(straight, proxied)
    ]
    assert not gains, "\n".join(gains)
