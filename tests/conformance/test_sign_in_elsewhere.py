"""People sign in at both servers with the account that they have at a third one.

The third one is an official server (`oauth-provider`) with people and a database of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from tests.conformance import elsewhere
from tests.conformance.collected import flows_of
from tests.conformance.company import Company, found
from tests.conformance.comparison import compare
from tests.conformance.servers import CROSSING, Server, Stacks
from tests.conformance.test_flows import check

pytestmark = pytest.mark.e2e

FLOWS = flows_of(elsewhere)


@pytest.fixture(scope="module")
def company(stacks: Stacks) -> Iterator[Company]:
    with stacks.serving_official(CROSSING) as server:
        yield found(server)


@pytest.fixture(scope="module")
def servers(stacks: Stacks, company: Company) -> Iterator[tuple[Server, Server]]:
    """The official server and the Python one, which both know the company."""
    database = stacks.new_database("sign_in_elsewhere")
    with stacks.serving(database=database, settings=company.settings) as both:
        yield both


@pytest.mark.parametrize("name", FLOWS)
def test_both_servers_know_somebody_from_elsewhere(
    servers: tuple[Server, Server], company: Company, name: str
) -> None:
    outcome = compare(partial(FLOWS[name], company=company), name, *servers)
    check(name, outcome)
