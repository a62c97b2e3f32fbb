"""What a route takes: the members of its body or its query, and their types.

better-auth checks them with zod before a route runs. better-auth-server reads what it needs and
trusts it: a number where a text belongs ends in 500. ``routes.txt`` has better-auth's own rules,
written down by its routes themselves (``tests/conformance/routes.mjs`` of the template).

A line is a method, a path, ``form`` or ``form/json`` where the route takes forms, and the members:
``name:string+ logo?:string|null`` is a text that is not empty, and a text or null or nothing.
``[…]`` is a list, ``{…}`` an object with any names, ``<a,b>`` one of these words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from better_auth.types import APIError

#: Takes a value and its place; gives what is wrong with it.
Check = Callable[[Any, str], "str | None"]

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

_KINDS = {bool: "boolean", int: "number", float: "number", list: "array", dict: "object"}
_OAUTH = ("/oauth2/", "/device/")
_MEDIA_TYPES = {"form": {FORM}, "form/json": {FORM, JSON}}
_TOKEN = re.compile(r"<[^>]*>|[\w-]+\??:|[\w-]+\+?|[][(){}| ]")


class _Missing:
    """Stands for a member that is not there."""


MISSING = _Missing()


@dataclass(frozen=True)
class Route:
    """What one route takes."""

    path: re.Pattern[str]
    media_types: set[str]
    check: Check


def media_types(method: str, path: str) -> set[str]:
    """The media types that a route takes."""
    route = _route(method, path)
    return route.media_types if route else {JSON}


def check_members(method: str, path: str, members: dict[str, Any]) -> None:
    """Compares the body of a POST, or the query of a GET, with what the route takes.

    Raises:
        APIError: 400; the message names the member.
    """
    route = _route(method, path)
    if route and FORM in route.media_types and path.startswith(_OAUTH):
        return  # they say in OAuth's own words what is missing
    problem = route and route.check(members, "body" if method == "POST" else "query")
    if problem:
        raise APIError(400, "VALIDATION_ERROR", problem)


def check_field(query: dict[str, str], name: str, fields: Collection[str]) -> None:
    """Refuses to sort or to filter by a column that is not there.

    Raises:
        APIError: 400. better-auth itself breaks over it.
    """
    if query.get(name) and query[name] not in ("id", *fields):
        raise APIError(400, "VALIDATION_ERROR", f"[query.{name}] Invalid option")


def kind(value: Any) -> str:
    """The type of a value, as JavaScript calls it."""
    if value is MISSING:
        return "undefined"
    return "null" if value is None else _KINDS.get(type(value), "string")


def _route(method: str, path: str) -> Route | None:
    exact = _routes()
    found = exact.get(f"{method} {path}")
    if found is not None:
        return found
    return next((route for route in _patterns() if route.path.fullmatch(f"{method} {path}")), None)


@cache
def _routes() -> dict[str, Route]:
    text = (files(__package__) / "routes.txt").read_text()
    return dict(map(_read, text.splitlines()))


@cache
def _patterns() -> list[Route]:
    """The routes with a parameter in their path."""
    return [route for name, route in _routes().items() if ":" in name]


def _read(line: str) -> tuple[str, Route]:
    method, path, *rest = line.split(" ")
    media = rest.pop(0) if rest[0] in _MEDIA_TYPES else ""
    pattern = re.compile(re.sub(r":\w+", "[^/]+", f"{method} {path}"))
    check = parsed(" ".join(rest))
    return f"{method} {path}", Route(pattern, _MEDIA_TYPES.get(media, {JSON}), check)


def parsed(text: str) -> Check:
    """The check that a description stands for.

    Raises:
        ValueError: it is no description.
    """
    tokens = _TOKEN.findall(text.removeprefix("?"))
    check = _alternatives(tokens)
    if tokens:
        raise ValueError(f"{text!r} goes on with {tokens[0]!r}")
    return check


def _alternatives(tokens: list[str]) -> Check:
    checks = [_one(tokens)]
    while tokens[:1] == ["|"]:
        del tokens[0]
        checks.append(_one(tokens))
    return checks[0] if len(checks) == 1 else _any_of(checks)


def _one(tokens: list[str]) -> Check:
    token = tokens.pop(0)
    if token == "(":
        return _members(tokens)
    if token in ("[", "{"):
        entries = _alternatives(tokens)
        del tokens[0]
        return _entries(list if token == "[" else dict, entries)
    if token.startswith("<"):
        return _one_of(token[1:-1].split(","))
    return _SIMPLE[token]


def _members(tokens: list[str]) -> Check:
    members: dict[str, tuple[bool, Check]] = {}
    while (token := tokens.pop(0)) != ")":
        if token != " ":
            name = token[:-1]
            members[name.removesuffix("?")] = (name.endswith("?"), _alternatives(tokens))

    def check(value: Any, where: str) -> str | None:
        if not isinstance(value, dict):
            return _expected("object", value, where)
        for name, (optional, member) in members.items():
            given = value.get(name, MISSING)
            problem = None if optional and given is MISSING else member(given, f"{where}.{name}")
            if problem:
                return problem
        return None

    return check


def _entries(container: type[list[Any]] | type[dict[str, Any]], entry: Check) -> Check:
    def check(value: Any, where: str) -> str | None:
        if not isinstance(value, container):
            return _expected("array" if container is list else "object", value, where)
        pairs: Iterable[tuple[Any, Any]]
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        problems = (entry(each, f"{where}.{name}") for name, each in pairs)
        return next(filter(None, problems), None)

    return check


def _any_of(checks: list[Check]) -> Check:
    def check(value: Any, where: str) -> str | None:
        problems = [check(value, where) for check in checks]
        return problems[0] if all(problems) else None

    return check


def _one_of(words: list[str]) -> Check:
    options = "|".join(f'"{word}"' for word in words)

    def check(value: Any, where: str) -> str | None:
        if value in words or (value is True and words == ["true"]):
            return None
        return f"[{where}] Invalid option: expected one of {options}"

    return check


def _is(name: str, *types: type) -> Check:
    def check(value: Any, where: str) -> str | None:
        return None if type(value) in types else _expected(name, value, where)

    return check


def _is_filled(value: Any, where: str) -> str | None:
    too_small = f"[{where}] Too small: expected string to have >=1 characters"
    return _SIMPLE["string"](value, where) or (None if value else too_small)


def _is_url(value: Any, where: str) -> str | None:
    if problem := _SIMPLE["string"](value, where):
        return problem
    return None if urlsplit(value).scheme else f"[{where}] Invalid URL"


def _is_word(value: Any, where: str) -> str | None:
    if problem := _SIMPLE["string"](value, where):
        return problem
    return None if re.fullmatch(r"[\w-]+", value, re.ASCII) else f"[{where}] Invalid string"


def _is_count(value: Any, where: str) -> str | None:
    """A number in a query."""
    return None if str(value).isdecimal() else _expected("number", value, where)


def _expected(name: str, value: Any, where: str) -> str:
    return f"[{where}] Invalid input: expected {name}, received {kind(value)}"


_SIMPLE: dict[str, Check] = {
    "any": lambda value, where: None,
    "string": _is("string", str),
    "string+": _is_filled,
    "text": _is("string", str),
    "url": _is_url,
    "word": _is_word,
    "number": _is("number", int, float),
    "count": _is_count,
    "boolean": _is("boolean", bool),
    "null": _is("null", type(None)),
}
