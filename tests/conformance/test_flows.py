"""The user flows, direct and through the Python proxy, give the same results."""

from __future__ import annotations

import pytest

from tests.conformance import flows
from tests.conformance.collected import flows_of
from tests.conformance.comparison import check, compare
from tests.conformance.servers import Server

pytestmark = pytest.mark.e2e

FLOWS = flows_of(flows)


@pytest.mark.parametrize("name", FLOWS)
def test_both_servers_give_the_same_results(servers: tuple[Server, Server], name: str) -> None:
    check(compare(FLOWS[name], name, *servers))
