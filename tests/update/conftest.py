from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import jinja2
import pytest

from tests.update import history
from tests.update.project import Projects


@pytest.fixture(scope="session", autouse=True)
def plain_git() -> Iterator[None]:
    """Git without the settings of this machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in history.PLAIN_GIT.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Jinja compiles a text once in this process; Copier's updates compile it each time."""
    compile_text = jinja2.Environment.compile
    known: dict[tuple[Any, ...], CodeType] = {}

    def compile_once(self: jinja2.Environment, source: Any, *rest: Any, **more: Any) -> Any:
        key = (type(self), source, rest[:1], bool(more))
        if not isinstance(source, str) or more:
            return compile_text(self, source, *rest, **more)
        if key not in known:
            known[key] = compile_text(self, source, *rest)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jinja2.Environment, "compile", compile_once)
        yield


@pytest.fixture(scope="session")
def releases(plain_git: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template's repository, with its releases as tags."""
    return history.build(tmp_path_factory.mktemp("releases"))


@pytest.fixture(scope="session")
def projects(releases: Path, tmp_path_factory: pytest.TempPathFactory) -> Projects:
    """Projects made with these releases."""
    return Projects(releases, tmp_path_factory.mktemp("projects"))
