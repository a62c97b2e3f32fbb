from pathlib import Path

import pytest

from tests import quick_copier
from tests.template import snapshot

quick_copier.install()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the template that is not in a git repository."""
    return snapshot(tmp_path_factory.mktemp("template"))
