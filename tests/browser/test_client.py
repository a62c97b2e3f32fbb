"""The bundled browser client matches its pinned sources (drift test)."""

from __future__ import annotations

from pathlib import Path

import pytest

from hooks.browser_client import PACKAGES, build


@pytest.fixture(scope="module")
def built() -> dict[str, str]:
    return build()


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.parts[-3])
def test_the_bundle_is_that_of_the_pinned_versions(built: dict[str, str], package: Path) -> None:
    """If not, run: python -m hooks.browser_client"""
    for name, text in built.items():
        assert (package / name).read_text(encoding="utf-8") == text
