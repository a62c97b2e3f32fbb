"""Redacts tokens in Uvicorn's access log: several of better-auth's URLs contain them."""

from __future__ import annotations

import logging
import re

#: Tokens of magic links, verification and OAuth: the query, or a long path segment.
_SECRET = re.compile(r"((?<=/)[^/?]{16,})?\?.*|(?<=/)[^/?]{16,}")


class _HidesTokens(logging.Filter):
    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    def filter(self, record: logging.LogRecord) -> bool:
        # Uvicorn's arguments: client, method, path with query, HTTP version, status.
        if isinstance(record.args, tuple) and len(record.args) == 5:
            path = str(record.args[2])
            if path.startswith(self._path):
                path = self._path + _SECRET.sub("…", path.removeprefix(self._path))
                record.args = (*record.args[:2], path, *record.args[3:])
        return True


def hide_tokens(path: str = "/api/auth/") -> None:
    """Redacts queries and long path segments below ``path`` in the access log."""
    log = logging.getLogger("uvicorn.access")
    if not any(isinstance(known, _HidesTokens) for known in log.filters):
        log.addFilter(_HidesTokens(path))
