"""What people and attackers do, on the official server and on the Python one, and no difference."""

from __future__ import annotations

import pytest

from tests.conformance.comparison import Outcome, compare
from tests.conformance.differences import EXPLAINED
from tests.conformance.explanations import Explanations
from tests.conformance.flows import all_flows
from tests.conformance.servers import Server

pytestmark = pytest.mark.e2e

EXPLANATIONS = Explanations(EXPLAINED)


def check(outcome: Outcome) -> None:
    """No unexplained difference, and no fault of the Python server."""
    broken = [python for _, python in outcome.exchanges if python.status >= 500]
    assert not broken, broken
    unexplained = EXPLANATIONS.unexplained(outcome.differences)
    assert not unexplained, "\n".join(map(str, ["the servers differ", *unexplained]))


@pytest.mark.parametrize("name", all_flows())
def test_both_servers_do_the_same(servers: tuple[Server, Server], name: str) -> None:
    check(compare(all_flows()[name], name, *servers))


def test_every_explanation_is_still_needed() -> None:
    assert EXPLANATIONS.unused() == []
