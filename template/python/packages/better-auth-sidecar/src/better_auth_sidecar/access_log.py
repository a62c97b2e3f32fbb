"""Uvicorn's access log tells no secrets: better-auth's addresses have tokens in them."""

from __future__ import annotations

import logging
import re

#: Of magic links, verification and OAuth: in the query, or as a long part of the path.
_SECRET = re.compile(r"((?<=/)[^/?]{16,})?\?.*|(?<=/)[^/?]{16,}")


class _HidesTokens(logging.Filter):
    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    def filter(self, record: logging.LogRecord) -> bool:
        # Uvicorn's arguments: the caller, the method, the path with its query, version, status.
        if isinstance(record.args, tuple) and len(record.args) == 5:
            path = str(record.args[2])
            if path.startswith(self._path):
                path = self._path + _SECRET.sub("…", path.removeprefix(self._path))
                record.args = (*record.args[:2], path, *record.args[3:])
        return True


def hide_tokens(path: str = "/api/auth/") -> None:
    """Takes queries and long parts of paths below this one out of the access log."""
    log = logging.getLogger("uvicorn.access")
    if not any(isinstance(known, _HidesTokens) for known in log.filters):
        log.addFilter(_HidesTokens(path))
