from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.update import history


@pytest.fixture(scope="session", autouse=True)
def plain_git() -> Iterator[None]:
    """Git as it comes: without the settings of this machine, and with an author."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
        patch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
        for role in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{role}_NAME", "Ada")
            patch.setenv(f"GIT_{role}_EMAIL", "ada@example.com")
        yield


@pytest.fixture(scope="session")
def releases(plain_git: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template's repository, with its releases as tags."""
    return history.build(tmp_path_factory.mktemp("releases"))
