from collections.abc import Callable, Iterator
from functools import cache

import pytest

from tests.browser.visits import chromium, pytest_runtest_makereport
from tests.npm_packages import lend
from tests.project.bench import SCHEMA, Bench
from tests.project.projects import Project
from tests.template import snapshot
from tests.update.history import git

__all__ = ["chromium", "pytest_runtest_makereport"]  # a fixture and a hook, for pytest


@pytest.fixture(scope="session")
def set_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Project]]:
    """Returns a stack's project after setup on its embedded PostgreSQL, the same one each time.

    Its template is in git, so that it can be updated.
    """
    made: list[Project] = []
    template = snapshot(tmp_path_factory.mktemp("released"))
    git(template, "init", "--quiet")
    git(template, "add", "--all")
    author = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    git(template, *author, "commit", "--quiet", "--message", "Release 0.1.0")
    git(template, "tag", "0.1.0")

    @cache
    def project(stack: str) -> Project:
        project = Project(stack, template, tmp_path_factory.mktemp("setup"), ["admin"])
        lend(project.folder)
        assert project.setup().returncode == 0
        made.append(project)
        return project

    yield project
    for one in made:
        one.stop_database()


@pytest.fixture
def bench(stack: str, set_up: Callable[[str], Project]) -> Iterator[Bench]:
    project = set_up(stack)
    kept = {path: (project.folder / path).read_bytes() for path in (SCHEMA, "prisma.config.ts")}
    yield Bench(project)
    for path, content in kept.items():
        (project.folder / path).write_bytes(content)
