"""Parameters of which `make test` runs a sample, and `make test-exhaustive` the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.answers import STACKS


def in_stack(sampled: str) -> pytest.MarkDecorator:
    """Each stack as the parameter ``stack``; the others than this one are exhaustive."""
    stacks = [_parameter(sampled, stack) for stack in STACKS]
    return pytest.mark.parametrize("stack", stacks, scope="module")


def by_stack(name: str, choices: Mapping[str, str]) -> pytest.MarkDecorator:
    """Each choice in each stack.

    Args:
        name: the parameter of the choice; the other one is ``stack``.
        choices: the stack that is sampled, by choice.
    """
    parameters = [
        _parameter(sampled, choice, stack)
        for choice, sampled in choices.items()
        for stack in STACKS
    ]
    return pytest.mark.parametrize((name, "stack"), parameters)


def _parameter(sampled: str, *values: str) -> Any:
    return pytest.param(*values, marks=() if values[-1] == sampled else pytest.mark.exhaustive)
