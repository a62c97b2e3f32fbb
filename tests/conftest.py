import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from tests import httpx_defaults, quick_copier
from tests.project.workshop import Workshop
from tests.template import REPOSITORY, snapshot

quick_copier.install()
httpx_defaults.install()


def pytest_configure(config: pytest.Config) -> None:
    """Lets the projects of all tests share the caches of Node.js and mypy.

    Node.js's compile cache, new in each run, saves a quarter of the time of most of its processes.
    mypy's cache of installed packages saves eight seconds for each project.
    """
    os.environ["MYPY_CACHE_DIR"] = str(REPOSITORY / ".cache" / "projects" / "mypy")
    if not hasattr(config, "workerinput"):
        folder = tempfile.mkdtemp(prefix="node-compile-cache-")
        os.environ["NODE_COMPILE_CACHE"] = folder
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


#: Modules that share a project, by how their paths start: one worker sets it up for all of them.
TOGETHER = {
    "tests/mail/": "mail",
    "tests/project/typescript_flows/": "flows",
    "tests/project/test_database_follows": "setup",
    "tests/project/test_migrations": "setup",
    "tests/project/test_removed_plugin": "setup",
    "tests/project/test_schema_file": "setup",
    "tests/project/test_setup.": "setup",
    "tests/project/test_test_database": "setup",
    "tests/sidecar/test_nul": "sessions",
    "tests/sidecar/test_odd_requests": "sessions",
    "tests/sidecar/test_session": "sessions",
}


class Scheduling(LoadFileScheduling):  # type: ignore[misc]
    """Gives a worker whole modules, and with each one those that share its project."""

    def _split_scope(self, nodeid: str) -> str:
        shared = (name for start, name in TOGETHER.items() if nodeid.startswith(start))
        return next(shared, nodeid.partition("::")[0])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling | None:
    return Scheduling(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the template that is not in a git repository."""
    return snapshot(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """npm's packages and a PostgreSQL, for every project of this worker."""
    with Workshop.opened(tmp_path_factory.mktemp("postgresql")) as workshop:
        yield workshop


#: Folders whose modules take seconds.
QUICK = ("hooks", "render", "generate")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow modules first, so that no worker of xdist is left alone with one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("e2e")}
    tests = Counter(item.path for item in items)

    def rank(item: pytest.Item) -> tuple[bool, bool, int]:
        is_quick = item.path.parent.name in QUICK
        return item.path not in slow, is_quick, -tests[item.path] if is_quick else 0

    items.sort(key=rank)
