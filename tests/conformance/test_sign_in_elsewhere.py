"""Sign-in with other identity providers, direct and through the Python proxy.

The other provider is a TypeScript server (`oauth-provider`) with its own users and database.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from tests.conformance import elsewhere
from tests.conformance.collected import flows_of
from tests.conformance.company import Company, found
from tests.conformance.comparison import check, compare
from tests.conformance.servers import CROSSING, Server, Stacks

pytestmark = [pytest.mark.e2e, pytest.mark.exhaustive]

FLOWS = flows_of(elsewhere)


@pytest.fixture(scope="module")
def company(stacks: Stacks) -> Iterator[Company]:
    with stacks.serving_straight(CROSSING) as server:
        yield found(server)


@pytest.fixture(scope="module")
def servers(stacks: Stacks, company: Company) -> Iterator[tuple[Server, Server]]:
    """Both servers, with the company as a provider."""
    database = stacks.new_database("sign_in_elsewhere")
    with stacks.serving(database=database, settings=company.settings) as both:
        yield both


@pytest.mark.parametrize("name", FLOWS)
def test_both_servers_sign_in_users_of_another_provider(
    servers: tuple[Server, Server], company: Company, name: str
) -> None:
    check(compare(partial(FLOWS[name], company=company), name, *servers))
