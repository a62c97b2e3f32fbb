"""What a request may carry, checked before better-auth-server sees it.

better-auth-server takes any body for JSON, and then fails with 500 where better-auth answers 4xx.
The answers here are better-auth's own.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from better_auth.types import APIError
from starlette.requests import Request

from better_auth_prisma.repairs.members import JSON, kind

#: Far more than any route takes; the limit keeps a body from filling the memory.
MAX_BODY_BYTES = 1024 * 1024
MAX_DEPTH = 100

#: With an optional end, so that an endless string is one match and not an attempt for each quote.
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_BRACKET = re.compile(rb"[][{}]")


async def read_body(request: Request, media_types: set[str]) -> bytes:
    """The body of a request, of one of these types, once it is fit for better-auth-server.

    Raises:
        APIError: 413, 415 or 400, with better-auth's code and message.
    """
    body = await _read_limited(request)
    if not body and (request.method == "GET" or JSON in media_types):
        return body
    media_type = _media_type(request.headers.get("content-type", ""), media_types)
    if media_type == JSON:
        _check_object(_parse(body))
    elif b"\0" in body or b"%00" in body:
        raise _invalid("body", "a character that no text can hold")
    return body


def check_text(value: str, where: str) -> None:
    """Refuses text that a database cannot store: a zero byte, or half a surrogate pair.

    Raises:
        APIError: 400; ``where`` names the place.
    """
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise _invalid(where, "a character that no text can hold")


async def _read_limited(request: Request) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise APIError(413, "PAYLOAD_TOO_LARGE", "Payload too large")
        chunks.append(chunk)
    return b"".join(chunks)


def _media_type(header: str, allowed_types: set[str]) -> str:
    base = header.partition(";")[0].strip().lower()
    if base in allowed_types:
        return base
    allowed = f"Allowed types: {', '.join(sorted(allowed_types, reverse=True))}"
    problem = f'Content-Type "{header}" is not allowed' if header else "Content-Type is required"
    raise APIError(415, "UNSUPPORTED_MEDIA_TYPE", f"{problem}. {allowed}")


def _parse(body: bytes) -> Any:
    try:
        if _depth(body) > MAX_DEPTH:
            raise ValueError
        # By itself, Python would take UTF-16, NaN and Infinity.
        return json.loads(body.decode(), parse_constant=_refuse_constant)
    except ValueError:
        raise APIError(400, "BAD_REQUEST", "Invalid JSON in request body") from None


def _depth(body: bytes) -> int:
    """How deep arrays and objects are nested.

    Python's parser recurses. It gives up in time, unless a package has raised the recursion limit
    of the process, as some do: then a small body would end the server with a segmentation fault.
    """
    if body.count(b"[") + body.count(b"{") <= MAX_DEPTH:
        return 0
    depth = deepest = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", body)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _check_object(body: Any) -> None:
    if not isinstance(body, dict):
        raise _invalid("body", f"expected object, received {kind(body)}")
    _check_texts(body)


def _check_texts(body: dict[str, Any]) -> None:
    waiting: list[Any] = [body]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            check_text(value, "body")
        elif isinstance(value, dict):
            waiting += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            waiting += value


def _invalid(where: str, problem: str) -> APIError:
    return APIError(400, "VALIDATION_ERROR", f"[{where}] Invalid input: {problem}")
