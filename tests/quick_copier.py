"""Speeds Copier up in the tests' own processes; as a command, it is unchanged.

A render compiles two thousand texts by Jinja, the same ones each time, and asks git for each file
whether the file system has executable bits. Each update clones the template's repository to another
path, so the path of a file is not compared: a traceback may name that of an earlier clone.
"""

from __future__ import annotations

from typing import Any

import copier._main
import jinja2

_compile: Any = jinja2.Environment.compile
_compiled: dict[object, Any] = {}


def _compile_once(
    self: jinja2.Environment,
    source: Any,
    name: str | None = None,
    filename: str | None = None,
    raw: bool = False,
    defer_init: bool = False,
) -> Any:
    settings = (type(self), self.keep_trailing_newline, *self.extensions)
    key = (settings, source, name, raw, defer_init)
    if key not in _compiled:
        _compiled[key] = _compile(self, source, name, filename, raw, defer_init)
    return _compiled[key]


def install() -> None:
    """Patches Copier and Jinja, for the rest of this process."""
    assert hasattr(copier._main, "is_git_available")
    setattr(jinja2.Environment, "compile", _compile_once)  # noqa: B010
    setattr(copier._main, "is_git_available", lambda: False)  # noqa: B010
