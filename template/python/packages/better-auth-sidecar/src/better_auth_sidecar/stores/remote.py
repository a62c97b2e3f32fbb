"""Sessions that the auth server itself reads: for what no query of ours can answer."""

from __future__ import annotations

from typing import NamedTuple

from starlette.datastructures import Headers

from better_auth_sidecar.errors import AuthServerError
from better_auth_sidecar.server import AuthServer
from better_auth_sidecar.stores import Row, StoreError


class Answer(NamedTuple):
    """What the auth server makes of a request's credentials."""

    row: Row | None
    #: Values of ``Set-Cookie``: a renewed session, or one that has ended.
    cookies: list[str]


async def ask(auth_server: AuthServer, headers: Headers, *, renew: bool) -> Answer:
    """The session of a request, as get-session tells it.

    Args:
        auth_server: which reads the session.
        headers: the caller's.
        renew: whether a session that is due for it may be renewed.

    Raises:
        StoreError: the auth server cannot be reached.
    """
    try:
        # The database decides, not what a cookie remembers of it.
        query = {"disableCookieCache": True, "disableRefresh": not renew}
        answer = await auth_server.ask("session", headers, query)
    except AuthServerError as error:
        raise StoreError(str(error)) from error
    found = answer.data
    row = Row(found["session"], found["user"]) if found else None
    return Answer(row, answer.cookies)
