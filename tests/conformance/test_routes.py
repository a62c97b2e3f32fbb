"""The recorded routes are those of the projects' better-auth."""

from __future__ import annotations

import pytest

from tests.conformance.routes import ROUTES, routes
from tests.conformance.servers import Stacks

pytestmark = pytest.mark.e2e


def test_the_recorded_routes_are_those_of_better_auth(stacks: Stacks) -> None:
    assert routes(stacks.typescript) == ROUTES.read_text(), "run: make data"
