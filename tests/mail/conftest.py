from __future__ import annotations

import pytest

from tests.answers import STACKS
from tests.mail.projects import Project, without_limits
from tests.project.workshop import Workshop


@pytest.fixture(scope="session", params=STACKS)
def project(
    request: pytest.FixtureRequest,
    workshop: Workshop,
    tmp_path_factory: pytest.TempPathFactory,
) -> Project:
    """A project of each stack on PostgreSQL, without rate limits."""
    folder = tmp_path_factory.mktemp(request.param)
    workshop.render({"stack": request.param}, folder, workshop.settings())
    workshop.push(folder)
    found = Project(request.param, folder)
    without_limits(found)
    return found
