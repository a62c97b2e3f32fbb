"""The user flows, direct and through the Python proxy, give the same results."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests import passwords
from tests.conformance import flows
from tests.conformance.collected import flows_of
from tests.conformance.comparison import check, compare
from tests.conformance.servers import Server, Stacks

pytestmark = pytest.mark.e2e

FLOWS = flows_of(flows)
#: Flows of JSON requests with one session: `make test` runs a third of them, and half of the
#: others, which have redirects, challenges, tokens, cookies of their own or several sessions.
ALIKE = (
    *("administration", "api_keys", "email_codes", "guests", "members", "oauth_clients"),
    *("organization_roles", "organizations", "phone_numbers", "single_sign_on", "teams"),
    *("usernames"),
)


def parameters() -> Iterator[Any]:
    for number, name in enumerate(FLOWS):
        is_sampled = number % (3 if name.partition("/")[0] in ALIKE else 2) == 0
        yield pytest.param(name, marks=() if is_sampled else pytest.mark.exhaustive)


@pytest.fixture(scope="module")
def servers(stacks: Stacks) -> Iterator[tuple[Server, Server]]:
    """Direct and behind the Python proxy; `test_attacks` has scrypt, and its races."""
    database = stacks.new_database("flows")
    with stacks.serving(database=database, settings={passwords.VARIABLE: "1"}) as both:
        yield both


@pytest.mark.parametrize("name", [*parameters()])
def test_both_servers_give_the_same_results(servers: tuple[Server, Server], name: str) -> None:
    check(compare(FLOWS[name], name, *servers))
