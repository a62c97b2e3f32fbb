"""Fixtures: one server with every plugin, on PostgreSQL."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.answers import EVERYTHING
from tests.project.typescript import Browser, Server, serving
from tests.project.workshop import Workshop


@pytest.fixture(scope="session")
def scim_token() -> str:
    return secrets.token_urlsafe(24)


@pytest.fixture(scope="session")
def project(workshop: Workshop, scim_token: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("typescript") / "project"
    workshop.render(EVERYTHING, folder, workshop.settings() | {"SCIM_TOKEN": scim_token})
    workshop.push(folder)
    return folder


@pytest.fixture(scope="session")
def server(project: Path) -> Iterator[Server]:
    with serving(project) as server:
        yield server


@pytest.fixture
def browser(server: Server) -> Browser:
    return server.browser()
