"""What people do, straight and behind the Python proxy, and no difference."""

from __future__ import annotations

import pytest

from tests.conformance import flows
from tests.conformance.collected import flows_of
from tests.conformance.comparison import Outcome, compare
from tests.conformance.servers import Server

pytestmark = pytest.mark.e2e

FLOWS = flows_of(flows)


def check(outcome: Outcome) -> None:
    """Nothing differs, the statuses included.

    An answer of 5xx that the straight server gives too is no difference: both run the same
    better-auth, whose faults the proxy passes on.
    """
    assert outcome.exchanges
    assert not outcome.differences, "\n".join(map(str, outcome.differences))


@pytest.mark.parametrize("name", FLOWS)
def test_both_servers_do_the_same(servers: tuple[Server, Server], name: str) -> None:
    check(compare(FLOWS[name], name, *servers))
