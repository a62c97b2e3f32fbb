"""Refuses NUL characters, which PostgreSQL's texts cannot hold: a query with one would fail."""

from __future__ import annotations

import re
from contextlib import suppress

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from better_auth_sidecar.cors import is_below

_MESSAGE = "NUL characters are not accepted."
#: An escape of a NUL, not behind a backslash that is itself escaped.
_ESCAPE = rb"(?<!\\)(?:\\\\)*\\u0000"
#: Or JSON in UTF-16, which Python reads, too.
_IN_JSON = re.compile(_ESCAPE + rb"|\0")
#: FastAPI may take a body without a type for JSON, but it may as well be a file.
_IN_UNKNOWN = re.compile(_ESCAPE)
_IN_FORM = re.compile(rb"%00|\0")
#: As the value of a cookie may be escaped, in quotes.
_IN_COOKIE = re.compile(rb'="[^"]*\\000')


class RefuseNul:
    """Answers 400 to requests with a NUL in the path, query, cookies, or a body of JSON or a form.

    Files and other bodies are not checked. Add it with ``app.add_middleware``. It skips
    ``/api/auth``, where the auth server's guard checks the same.
    """

    def __init__(self, app: ASGIApp, *, auth_path: str = "/api/auth") -> None:
        self._app, self._auth_path = app, auth_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_own = scope["type"] in ("http", "websocket") and not is_below(scope, self._auth_path)
        if not is_own:
            await self._app(scope, receive, send)
        elif _is_in_head(scope):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close"})
            else:
                await JSONResponse({"detail": _MESSAGE}, 400)(scope, receive, send)
        else:
            await self._app(scope, _checked(scope, receive), send)


def _is_in_head(scope: Scope) -> bool:
    cookies = (value for name, value in scope["headers"] if name == b"cookie")
    return (
        "\0" in scope["path"]
        or b"%00" in scope["query_string"]
        or any(_IN_COOKIE.search(value) for value in cookies)
    )


def _checked(scope: Scope, receive: Receive) -> Receive:
    kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    media_type = kind.partition(b";")[0].strip().lower()
    if media_type == b"multipart/form-data":
        return _checked_parts(kind, receive)
    if media_type == b"application/x-www-form-urlencoded":
        nul, begun = _IN_FORM, _begun_in_form
    elif not media_type or b"json" in media_type:
        nul, begun = _IN_JSON if media_type else _IN_UNKNOWN, _begun_in_json
    else:
        return receive
    left = b""

    async def checked() -> Message:
        nonlocal left
        message = await receive()
        body = left + message.get("body", b"")
        if nul.search(body):
            # FastAPI answers with an HTTPException that is raised while it reads the body.
            raise HTTPException(400, _MESSAGE)
        left = begun(body)
        return message

    return checked


def _checked_parts(kind: bytes, receive: Receive) -> Receive:
    """Checks the fields of a multipart form, but not its files."""
    try:
        from python_multipart.exceptions import FormParserError
        from python_multipart.multipart import MultipartParser, parse_options_header
    except ImportError:  # FastAPI cannot read such forms either.
        return receive
    _, options = parse_options_header(kind)
    if options.get(b"charset", b"utf-8").lower() not in (b"utf-8", b"utf8"):
        # In UTF-7, for example, a NUL has other bytes.
        return _refused
    name, value, is_file, found = bytearray(), bytearray(), False, False

    def begin() -> None:
        nonlocal is_file
        is_file = False

    def header_begin() -> None:
        name.clear()
        value.clear()

    def header_end() -> None:
        nonlocal is_file, found
        found = found or b"\0" in value
        if name.lower() == b"content-disposition":
            is_file = b"filename" in parse_options_header(bytes(value))[1]

    def content(data: bytes, start: int, end: int) -> None:
        nonlocal found
        found = found or (not is_file and b"\0" in data[start:end])

    try:
        parser = MultipartParser(
            options.get(b"boundary", b""),
            {
                "on_part_begin": begin,
                "on_header_begin": header_begin,
                "on_header_field": lambda data, start, end: name.extend(data[start:end]),
                "on_header_value": lambda data, start, end: value.extend(data[start:end]),
                "on_header_end": header_end,
                "on_part_data": content,
            },
        )
    except FormParserError:  # refused by FastAPI, too
        return receive

    async def checked() -> Message:
        message = await receive()
        # FastAPI refuses malformed forms.
        with suppress(FormParserError):
            parser.write(message.get("body", b""))
        if found:
            raise HTTPException(400, _MESSAGE)
        return message

    return checked


async def _refused() -> Message:
    raise HTTPException(415, "Forms are accepted in UTF-8 only.")


def _begun_in_json(body: bytes) -> bytes:
    """An incomplete escape at the end of a chunk, which the next one may complete."""
    end = re.search(rb"(?:u0{0,3})?\Z", body[-4:])
    assert end is not None
    before = body[: len(body) - len(end[0])]
    backslashes = len(before) - len(before.rstrip(b"\\"))
    return b"\\" + end[0] if backslashes % 2 else b""


def _begun_in_form(body: bytes) -> bytes:
    found = re.search(rb"%0?\Z", body[-2:])
    return found[0] if found else b""
