"""The patterns of files that Copier leaves out."""

from __future__ import annotations

from itertools import product

import jinja2
import pytest

from tests.answers import STACKS
from tests.project.typescript_sources import copier_excludes


@pytest.mark.parametrize(("stack", "framework"), [*product(STACKS, ["hono", "nextjs"])])
def test_the_patterns_use_only_stack_and_framework(stack: str, framework: str) -> None:
    """An update also renders the new release's patterns with the old release's answers."""
    alone = jinja2.Environment(undefined=jinja2.StrictUndefined)
    for pattern in copier_excludes():
        alone.from_string(pattern).render(stack=stack, framework=framework)
