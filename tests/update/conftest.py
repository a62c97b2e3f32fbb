from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.update import history
from tests.update.project import Projects


@pytest.fixture(scope="session", autouse=True)
def plain_git() -> Iterator[None]:
    """Runs git without this machine's settings."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in history.PLAIN_GIT.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="session")
def releases(plain_git: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template's repository, with tagged releases."""
    return history.build(tmp_path_factory.mktemp("releases"))


@pytest.fixture(scope="session")
def projects(releases: Path, tmp_path_factory: pytest.TempPathFactory) -> Projects:
    """Projects made with these releases."""
    return Projects(releases, tmp_path_factory.mktemp("projects"))
