"""Fixtures: the two servers, set up once for all workers of a test run."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from better_auth_setup import embedded_postgres

from tests.conformance.servers import Server, Stacks, set_up


@contextmanager
def _locked(folder: Path) -> Iterator[Path]:
    """Holds a lock; yields the file that counts the workers using the folder."""
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder / "users"


@pytest.fixture(scope="session")
def stacks(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Stacks]:
    """Both projects on one database, which the last worker stops."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "conformance"
    with _locked(folder) as users:
        if users.exists():
            stacks = Stacks(folder)
            embedded_postgres.start(folder)
        else:
            stacks = set_up(folder)
            users.write_text("0")
        users.write_text(str(int(users.read_text()) + 1))
    try:
        yield stacks
    finally:
        with _locked(folder) as users:
            users.write_text(str(int(users.read_text()) - 1))
            if users.read_text() == "0":
                embedded_postgres.stop(folder)


@pytest.fixture(scope="module")
def servers(stacks: Stacks, request: pytest.FixtureRequest) -> Iterator[tuple[Server, Server]]:
    """Both servers, direct and behind the Python proxy, on one database.

    Each module has its own database, so that other workers' requests are not recorded.
    """
    database = stacks.new_database(request.path.stem)
    with stacks.serving(database=database) as both:
        yield both
