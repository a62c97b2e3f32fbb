import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from tests import quick_copier, quick_httpx
from tests.template import snapshot

quick_copier.install()
quick_httpx.install()


def pytest_configure(config: pytest.Config) -> None:
    """Node.js compiles each file once a run: a quarter of what most of its processes cost."""
    if not hasattr(config, "workerinput"):
        folder = tempfile.mkdtemp(prefix="node-compile-cache-")
        os.environ["NODE_COMPILE_CACHE"] = folder
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the template that is not in a git repository."""
    return snapshot(tmp_path_factory.mktemp("template"))


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
