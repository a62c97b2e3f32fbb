"""The recorded routes are those of the projects' better-auth."""

from __future__ import annotations

import pytest

from tests.conformance.routes import ROUTES, routes
from tests.conformance.servers import Stacks

pytestmark = pytest.mark.e2e

_REFRESH = (
    "routes.txt is out of date; record it again: PYTHONPATH=template/python/packages/"
    "better-auth-setup/src .venv/bin/python -m tests.conformance.routes"
)


def test_the_recorded_routes_are_those_of_better_auth(stacks: Stacks) -> None:
    assert routes(stacks) == ROUTES.read_text(), _REFRESH
