"""Sends each route a value of a wrong type in each member.

The routes and their members are better-auth's own, as ``routes.mjs`` prints them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest

from tests.conformance.routes import ROUTES
from tests.conformance.world import Browser, World

_LINE = re.compile(r"([A-Z]+) (/\S+?)(?: form/json)? \??\((.*)\)")
_MEMBER = re.compile(r"([\w-]+)(\??):([^ (]+)")

#: Wrong values, used in turn, so that each type of member gets each type of value.
_WRONG: list[Any] = [None, 5, True, ["x"], {"a": 1}, "", -1, 1e400, [[]], "x\0", "x" * 60_000]
_WRONG_IN_QUERIES = ["", "-1", "1e9", "x" * 5_000, "\0", "ü", "9" * 30]
_WITH_BODY = ("POST", "PUT", "PATCH")
#: Left out: they would end the attacker's own session.
_ENDING = {"/delete-user", "/sign-out"}

_RIGHT: dict[str, Any] = {"url": "https://x.example", "number": 5, "count": 5, "boolean": True}
_RIGHT |= {"{any}": {}, "{[string]}": {}}


def _routes(*methods: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """The methods and paths of routes, with the members and types that each accepts."""
    for line in ROUTES.read_text().splitlines():
        found = _LINE.fullmatch(line)
        if found and found[1] in methods and found[2] not in _ENDING:
            outer = re.sub(r"\([^()]*\)", "{any}", found[3])
            path = re.sub(r":\w+", "nonsense", found[2])
            yield found[1], path, {name: kind for name, _, kind in _MEMBER.findall(outer)}


def _right(kinds: dict[str, str], world: World) -> dict[str, Any]:
    """Valid members of a route.

    Strings are new on each call, because both servers share the database's unique columns.
    """
    text = f"x-{world.tag}-{len(world.exchanges)}"
    return {name: _value(kind.partition("|")[0], text) for name, kind in kinds.items()}


def _value(kind: str, text: str) -> Any:
    if kind.startswith("<"):
        return kind[1:-1].partition(",")[0]
    return [text] if kind.startswith("[") else _RIGHT.get(kind, text)


def sends_a_wrong_type_to_each_route(world: World) -> None:
    """A sample of the exhaustive attacks below: one request to each route."""
    eve, wrong = world.signed_up("eve"), cycle(_WRONG)
    for method, path, kinds in _routes(*_WITH_BODY):
        for member in list(kinds)[:1]:
            _send(eve, method, path, _right(kinds, world), member, next(wrong))
    wrong = cycle(_WRONG_IN_QUERIES)
    for _, path, kinds in _routes("GET"):
        for member in list(kinds)[:1]:
            value = next(wrong)
            query = {**_right(kinds, world), member: value}
            eve.request("GET", path, name=f"GET {path} with {member}={value!r:.10}", params=query)


@pytest.mark.exhaustive
def sends_wrong_types_in_bodies(world: World) -> None:
    eve, wrong = world.signed_up("eve"), cycle(_WRONG)
    for method, path, kinds in _routes(*_WITH_BODY):
        for member in kinds:
            for value in (next(wrong), next(wrong)):
                _send(eve, method, path, _right(kinds, world), member, value)


def _send(
    user: Browser, method: str, path: str, body: dict[str, Any], member: str, value: Any
) -> None:
    user.request(
        method,
        path,
        name=f"{method} {path} with {member}={value!r:.10}",
        content=json.dumps({**body, member: value}),
        headers={"Content-Type": "application/json"},
    )


@pytest.mark.exhaustive
def leaves_everything_out(world: World) -> None:
    eve = world.signed_up("eve")
    for method, path, _ in _routes(*_WITH_BODY):
        eve.request(method, path, name=f"{method} {path} with nothing", json={})


@pytest.mark.exhaustive
def leaves_members_out(world: World) -> None:
    eve = world.signed_up("eve")
    for method, path, kinds in _routes(*_WITH_BODY):
        for member in kinds:
            body = _right(kinds, world)
            del body[member]
            eve.request(method, path, name=f"{method} {path} without {member}", json=body)


@pytest.mark.exhaustive
def sends_wrong_types_in_queries(world: World) -> None:
    eve, wrong = world.signed_up("eve"), cycle(_WRONG_IN_QUERIES)
    for _, path, kinds in _routes("GET"):
        eve.request("GET", path, name=f"GET {path} with nothing")
        for member in kinds:
            for value in (next(wrong), next(wrong)):
                name = f"GET {path} with {member}={value!r:.10}"
                query = {**_right(kinds, world), member: value}
                eve.request("GET", path, name=name, params=query)
                eve.request("GET", path, name=f"{name} alone", params={member: value})


def sorts_and_filters_by_anything(world: World) -> None:
    ada = world.signed_up()
    ada.post("/organization/create", name="Engines", slug=f"engines-{world.tag}")
    for path in ("/organization/list-members", "/api-key/list"):
        for field in ["id", "nonsense", "user.password", "role; --", "createdAt", "userId", ""]:
            ada.request("GET", path, name=f"GET {path} by {field}", params={"sortBy": field})
            for operator in ["eq", "in", "not_in", "contains", "gt"]:
                query = {"filterField": field, "filterValue": "x", "filterOperator": operator}
                name = f"GET {path} where {field} {operator}"
                ada.request("GET", path, name=name, params=query)
