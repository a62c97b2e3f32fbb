import shutil
from pathlib import Path

import pytest
from better_auth_setup.generate import tables

from tests.generate.command import Project
from tests.template import module, render



@pytest.fixture(scope="session")
def rendered(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of the template, with the metadata that its installation would write."""
    folder = render(template, tmp_path_factory.mktemp("rendered") / "app", {"project_name": "App"})
    metadata = folder / "src" / "app-0.1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: app\nVersion: 0.1.0\n")
    (metadata / "entry_points.txt").write_text("[better_auth_prisma]\nauth = app.auth:auth\n")
    return folder


@pytest.fixture
def project(rendered: Path, tmp_path: Path) -> Project:
    """A project of one's own, without a database, secrets or an ``.env.local``."""
    return Project(shutil.copytree(rendered, tmp_path / "app"))
