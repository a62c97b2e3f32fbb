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


def parameters() -> Iterator[Any]:
    """Each flow; `make test` runs every third."""
    for number, name in enumerate(FLOWS):
        yield pytest.param(name, marks=() if number % 3 == 0 else pytest.mark.exhaustive)


@pytest.fixture(scope="module")
def servers(stacks: Stacks) -> Iterator[tuple[Server, Server]]:
    """Both servers, with cheap password hashes; `test_attacks` covers scrypt and its races."""
    database = stacks.new_database("flows")
    with stacks.serving(database=database, settings={passwords.VARIABLE: "1"}) as both:
        yield both


@pytest.mark.parametrize("name", [*parameters()])
def test_both_servers_give_the_same_results(servers: tuple[Server, Server], name: str) -> None:
    check(compare(FLOWS[name], name, *servers))
