"""Sessions read through the auth server, where the direct query cannot decide."""

from __future__ import annotations

from typing import NamedTuple

from starlette.datastructures import Headers

from better_auth_sidecar.errors import AuthServerError
from better_auth_sidecar.server import AuthServer
from better_auth_sidecar.stores import Row, StoreError


class Answer(NamedTuple):
    """The auth server's verdict on a request's credentials."""

    row: Row | None
    #: Values of ``Set-Cookie``, of a session that was renewed or has ended.
    cookies: list[str]


async def ask(auth_server: AuthServer, headers: Headers, *, renew: bool) -> Answer:
    """The session of a request, by better-auth's ``get-session``.

    Args:
        auth_server: the auth server.
        headers: the caller's headers.
        renew: whether a session may be renewed if that is due.

    Raises:
        StoreError: the auth server cannot be reached.
    """
    try:
        # A session in the cookie cache may have been revoked.
        query = {"disableCookieCache": True, "disableRefresh": not renew}
        answer = await auth_server.ask("session", headers, query)
    except AuthServerError as error:
        raise StoreError(str(error)) from error
    found = answer.data
    row = Row(found["session"], found["user"]) if found else None
    return Answer(row, answer.cookies)
