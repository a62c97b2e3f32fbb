"""Where the Python server may differ from the official one, and why.

A place is `flow: number and request · part of the answer`; `*` stands for anything. An entry that
no longer meets a difference fails the tests, so that this list cannot rot.
"""

from __future__ import annotations

EXPLAINED: dict[str, list[str]] = {}
