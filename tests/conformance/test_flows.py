"""What people do, on the official server and on the Python one, and no difference."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from tests.conformance import flows
from tests.conformance.collected import flows_of
from tests.conformance.comparison import Outcome, compare
from tests.conformance.differences import EXPLAINED, LENIENT
from tests.conformance.explanations import Explanations
from tests.conformance.servers import Server

pytestmark = pytest.mark.e2e

FLOWS = flows_of(flows)
EXPLANATIONS = Explanations(EXPLAINED)


def check(
    name: str, outcome: Outcome, *explanations: Explanations, faults: Collection[str] = ()
) -> None:
    """No fault of the Python server, no way in that only it has, no unexplained difference.

    Of a flow that is among the ``faults``, both servers may answer alike that something is broken.
    """
    broken = [
        python
        for official, python in outcome.exchanges
        if python.status >= 500 and (name not in faults or official.status != python.status)
    ]
    assert not broken, broken
    let_in = {
        f"{name}: {python.name}"
        for official, python in outcome.exchanges
        if python.status < 400 <= official.status
    }
    assert let_in <= LENIENT, f"only the Python server takes {let_in - LENIENT}"
    unexplained = outcome.differences
    for each in explanations:
        unexplained = each.unexplained(unexplained)
    assert not unexplained, "\n".join(map(str, ["the servers differ", *unexplained]))


@pytest.mark.parametrize("name", FLOWS)
def test_both_servers_do_the_same(servers: tuple[Server, Server], name: str) -> None:
    check(name, compare(FLOWS[name], name, *servers), EXPLANATIONS)


def test_every_explanation_is_still_needed() -> None:
    assert EXPLANATIONS.unused() == []
