"""Fixtures: a running project of each stack, with stand-ins for social providers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.answers import STACKS, social_data
from tests.conformance.internet import internets
from tests.project.social.accounts import PROVIDERS, Provider
from tests.project.social.projects import Project, Shop
from tests.project.workshop import Workshop


@pytest.fixture(scope="session")
def settings(workshop: Workshop) -> dict[str, str]:
    """The settings of both projects, with a shared database."""
    return workshop.settings()


@pytest.fixture(scope="session")
def push(workshop: Workshop) -> Callable[[Path], None]:
    """Creates the shared tables from the first project."""
    made: list[Path] = []

    def push(project: Path) -> None:
        if not made:
            workshop.push(project)
            made.append(project)

    return push


@pytest.fixture(scope="session", params=STACKS)
def project(
    request: pytest.FixtureRequest,
    workshop: Workshop,
    settings: dict[str, str],
    push: Callable[[Path], None],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Project]:
    stack = str(request.param)
    folder = tmp_path_factory.mktemp(stack) / "project"
    workshop.render({"stack": stack, "social_providers": list(social_data())}, folder, settings)
    push(folder)
    providers = {name: provider() for name, provider in PROVIDERS.items()}
    hosts = [host for provider in providers.values() for host in provider.hosts]
    with internets(tmp_path_factory.mktemp("internet"), hosts, 1) as [internet]:
        for provider in providers.values():
            provider.join(internet)
        yield Project(stack, folder, internet, providers, settings["DATABASE_URL"])


@pytest.fixture(scope="session")
def shop(project: Project) -> Iterator[Shop]:
    """The running server, registered at the providers."""
    with project.serving(**project.keys) as shop:
        for name, provider in project.providers.items():
            provider.callbacks.add(shop.callback(name))
        yield shop


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks Python's cases of most providers exhaustive: the proxy treats all alike."""
    for item in items:
        if isinstance(item, pytest.Function) and item.path.parent == Path(__file__).parent:
            given = item.callspec.params if hasattr(item, "callspec") else {}
            names = {given.get("provider", "github"), given.get("name", "github")}
            # Apple posts a form.
            if given.get("project") == "python" and not names <= {"github", "apple"}:
                item.add_marker(pytest.mark.exhaustive)


#: Two with a redirect and one with a form post. The others differ in their responses only.
SAMPLE = ("github", "google", "apple")


@pytest.fixture(
    params=[
        pytest.param(name, marks=() if name in SAMPLE else pytest.mark.exhaustive)
        for name in PROVIDERS
    ]
)
def provider(request: pytest.FixtureRequest, project: Project) -> Provider:
    """Each provider in turn."""
    return project.providers[str(request.param)]
