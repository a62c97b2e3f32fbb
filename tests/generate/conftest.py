import shutil
from pathlib import Path

import pytest

from tests.generate.command import Project
from tests.project.typescript_sources import install_packages, render_project


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of the template, without a generated Prisma client."""
    folder = tmp_path_factory.mktemp("rendered") / "app"
    render_project({"project_name": "App"}, folder)
    return folder


@pytest.fixture
def project(rendered: Path, tmp_path: Path) -> Project:
    """A copy of the project without a database, secrets or ``.env.local``."""
    folder = shutil.copytree(rendered, tmp_path / "app")
    shutil.rmtree(folder / "node_modules", ignore_errors=True)
    (folder / "node_modules").symlink_to(install_packages())
    return Project(folder)
