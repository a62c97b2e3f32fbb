"""What people do, straight and behind the Python proxy, and no difference."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from tests.conformance import flows
from tests.conformance.collected import flows_of
from tests.conformance.comparison import Outcome, compare
from tests.conformance.servers import Server

pytestmark = pytest.mark.e2e

FLOWS = flows_of(flows)


def check(name: str, outcome: Outcome, faults: Collection[str] = ()) -> None:
    """No fault of the proxied server, and no difference.

    Of a flow that is among the ``faults``, both servers may answer alike that something is broken.
    """
    broken = [
        python
        for official, python in outcome.exchanges
        if python.status >= 500 and (name not in faults or official.status != python.status)
    ]
    assert not broken, broken
    assert not outcome.differences, "\n".join(map(str, outcome.differences))


@pytest.mark.parametrize("name", FLOWS)
def test_both_servers_do_the_same(servers: tuple[Server, Server], name: str) -> None:
    check(name, compare(FLOWS[name], name, *servers))
