from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.answers import STACKS
from tests.mail.projects import Project, without_limits
from tests.project.workshop import Workshop


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """npm's packages and a PostgreSQL, for every project."""
    with Workshop.opened(tmp_path_factory.mktemp("postgresql")) as workshop:
        yield workshop


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
