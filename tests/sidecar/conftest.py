from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project.workshop import Workshop
from tests.sidecar.projects import Server, make_project, serving
from tests.sidecar.session_world import Official, make_session_project, official
from tests.waiting import TIMEOUT


@pytest.fixture(autouse=True)
def slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Raises limits of the session check, which a slow machine would reach."""
    monkeypatch.setattr("better_auth_sidecar.sessions._RENEWAL_TIMEOUT", TIMEOUT)
    monkeypatch.setattr("better_auth_sidecar.sessions._START_TIMEOUT", TIMEOUT)


@pytest.fixture(scope="session")
def project(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that tests do not change."""
    return make_project(workshop, tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="session")
def session_project(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project on PostgreSQL whose ``auth.ts`` takes options from the environment."""
    return make_session_project(workshop, tmp_path_factory.mktemp("sessions"))


@pytest.fixture(scope="session")
def sqlite_project(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same one on SQLite."""
    folder = tmp_path_factory.mktemp("sqlite")
    return make_session_project(workshop, folder, provider="sqlite")


@pytest.fixture(scope="session")
def auth(session_project: Path) -> Iterator[Official]:
    """A separate auth server on PostgreSQL."""
    with official(session_project) as auth:
        yield auth


@pytest.fixture(scope="session")
def server(project: Path) -> Iterator[Server]:
    """The application under Uvicorn, for tests that only send requests."""
    with serving(project) as server:
        yield server
