"""Guards loops in tests: a loop over nothing would check nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

_T = TypeVar("_T")


def some(items: Iterable[_T]) -> list[_T]:
    """The items as a list.

    Raises:
        AssertionError: there are none.
    """
    found = list(items)
    assert found, "there is nothing to check"
    return found
