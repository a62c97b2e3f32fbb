from collections.abc import Iterator

import pytest
from better_auth_prisma import embedded_postgres

from tests.project.typescript_sources import install_packages
from tests.project.workshop import Workshop


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """For TypeScript projects on a real PostgreSQL."""
    folder = tmp_path_factory.mktemp("postgresql")
    yield Workshop(install_packages(), embedded_postgres.create(folder, "workshop"))
    embedded_postgres.stop(folder)
