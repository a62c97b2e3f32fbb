"""Redacts tokens in Uvicorn's access log: several of better-auth's URLs contain them."""

from __future__ import annotations

import logging
import re

#: Tokens of magic links, verification and OAuth: the query, or a long path segment.
_SECRET = re.compile(r"((?<=/)[^/?]{16,})?\?.*|(?<=/)[^/?]{16,}")


#: The query of a page: mails link to pages with tokens, too. Before it may be a root path.
_PAGE = re.compile(r"(?<=/auth/)([^?]*)\?.*")


class _HidesTokens(logging.Filter):
    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    def filter(self, record: logging.LogRecord) -> bool:
        # Uvicorn's arguments: client, method, path with query, HTTP version, status.
        if isinstance(record.args, tuple) and len(record.args) == 5:
            address, has_query, query = str(record.args[2]).partition("?")
            before, is_below, rest = address.partition(self._path)
            if is_below:
                shown = before + is_below + _SECRET.sub("…", rest + has_query + query)
            else:
                shown = _PAGE.sub(r"\1…", address + has_query + query)
            record.args = (*record.args[:2], shown, *record.args[3:])
        return True


def hide_tokens(path: str = "/api/auth/") -> None:
    """Redacts the access log: below ``path`` queries and long segments, of pages the queries."""
    log = logging.getLogger("uvicorn.access")
    if not any(isinstance(known, _HidesTokens) for known in log.filters):
        log.addFilter(_HidesTokens(path))
