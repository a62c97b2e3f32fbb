"""Redacts tokens in Uvicorn's access log: several of better-auth's URLs contain them."""

from __future__ import annotations

import logging
import re

_AUTH = "/api/auth/"
#: Tokens of magic links, verification and OAuth: the query, or a long path segment.
_SECRET = re.compile(r"((?<=/)[^/?]{16,})?\?.*|(?<=/)[^/?]{16,}")
#: The query of a page: mails link to pages with tokens, too. Before it may be a root path.
_PAGE = re.compile(r"(?<=/auth/)([^?]*)\?.*")


def hide_tokens() -> None:
    """Redacts queries and long segments below ``/api/auth``, and the queries of pages."""
    # A logger takes the same filter only once.
    logging.getLogger("uvicorn.access").addFilter(_redact)


def _redact(record: logging.LogRecord) -> bool:
    # Uvicorn's arguments: client, method, path with query, HTTP version, status.
    if isinstance(record.args, tuple) and len(record.args) == 5:
        address, has_query, query = str(record.args[2]).partition("?")
        before, auth, rest = address.partition(_AUTH)
        if auth:
            shown = before + auth + _SECRET.sub("…", rest + has_query + query)
        else:
            shown = _PAGE.sub(r"\1…", address + has_query + query)
        record.args = (*record.args[:2], shown, *record.args[3:])
    return True
