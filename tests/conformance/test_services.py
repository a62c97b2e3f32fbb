"""Flows with external services, direct and through the Python proxy.

The services are stand-ins that follow the documentation; a server reaches them by settings alone,
as it reaches the real ones.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance import outside
from tests.conformance.collected import flows_of
from tests.conformance.comparison import check, compare
from tests.conformance.servers import Server, Stacks
from tests.conformance.services import SETTINGS, Services, services
from tests.conformance.world import World

pytestmark = [pytest.mark.e2e, pytest.mark.exhaustive]

FLOWS = flows_of(outside)


@pytest.fixture(scope="module")
def reached(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Services, Services]]:
    """The services of each server."""
    with services(tmp_path_factory.mktemp("internet"), 2) as (straight, proxied):
        yield straight, proxied


@pytest.fixture(scope="module")
def servers(stacks: Stacks, reached: tuple[Services, Services]) -> Iterator[tuple[Server, Server]]:
    """Both servers, with fully configured plugins."""
    database = stacks.new_database("services")
    own = (reached[0].internet.settings, reached[1].internet.settings)
    with stacks.serving(database=database, settings=SETTINGS, own=own) as both:
        yield both


@pytest.mark.parametrize("name", FLOWS)
def test_both_servers_call_external_services_alike(
    servers: tuple[Server, Server], reached: tuple[Services, Services], name: str
) -> None:
    asked_by = dict(zip(("straight", "proxied"), reached, strict=True))

    for each in reached:
        each.internet.take_asked()

    def flow(world: World) -> None:
        FLOWS[name](world, asked_by[world.server.name])

    check(compare(flow, name, *servers))
