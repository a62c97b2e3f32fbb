"""Other ways to write the URL of an embedded database."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Way = Callable[[str], str]


def _with_a_parameter(url: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}connect_timeout=5"


each_way_to_write_it = pytest.mark.parametrize(
    "way",
    [
        pytest.param(lambda url: url, id="as-it-is"),
        pytest.param(_with_a_parameter, id="with-a-parameter"),
        pytest.param(lambda url: url.replace("127.0.0.1", "localhost"), id="localhost"),
    ],
)
