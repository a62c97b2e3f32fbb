"""The bundled browser client matches its pinned sources (drift test)."""

from __future__ import annotations

from hooks.browser_client import PACKAGE, build
from tests.some import some


def test_the_bundle_matches_the_pinned_versions() -> None:
    """If not, run: python -m hooks.browser_client"""
    for name, text in some(build().items()):
        assert (PACKAGE / name).read_text(encoding="utf-8") == text
