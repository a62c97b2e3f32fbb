from __future__ import annotations

from collections.abc import Iterator

import pytest
from better_auth_setup import embedded_postgres

from tests.answers import STACKS
from tests.mail.projects import Project, without_limits
from tests.project.typescript_sources import install_packages
from tests.project.workshop import Workshop


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """npm's packages and a PostgreSQL, for every project."""
    folder = tmp_path_factory.mktemp("postgresql")
    yield Workshop(install_packages(), embedded_postgres.create(folder, "workshop"))
    embedded_postgres.stop(folder)


@pytest.fixture(scope="session", params=STACKS)
def project(
    request: pytest.FixtureRequest,
    workshop: Workshop,
    tmp_path_factory: pytest.TempPathFactory,
) -> Project:
    """A project of each stack on PostgreSQL, without limits of rates."""
    folder = tmp_path_factory.mktemp(request.param)
    workshop.render({"stack": request.param}, folder, workshop.settings())
    workshop.push(folder)
    found = Project(request.param, folder)
    without_limits(found)
    return found
