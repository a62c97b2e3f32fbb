"""Mismatches between Python models and auth.ts are reported."""

from __future__ import annotations

from datetime import datetime
from enum import Enum, IntEnum
from pathlib import Path
from typing import Any, Literal

import pytest
from better_auth_sidecar import AuthServer, AuthServerError
from better_auth_sidecar.configuration import Table
from better_auth_sidecar.models import Row, User, mismatches
from better_auth_sidecar.sessions import ModelError
from pydantic import Field

from tests.sidecar.session_world import (
    Database,
    Official,
    Variant,
    application,
    make_visitor,
    official,
    running,
)


class Plan(Enum):
    FREE = "free"


class Level(IntEnum):
    LOW = 1


def _table(**fields: Any) -> Table:
    defaults = {"required": True, "returned": True}
    known = {name: {"column": name, **defaults, **field} for name, field in fields.items()}
    return Table.model_validate({"name": "user", "fields": known})


@pytest.mark.parametrize(
    ("annotation", "field"),
    [
        (str, {"type": "string"}),
        (str | None, {"type": "string"}),
        (str | None, {"type": "string", "required": False}),
        (Literal["free", "paid"], {"type": ["free", "paid"]}),
        (Plan, {"type": ["free"]}),
        (Plan | None, {"type": "string", "required": False}),
        (int, {"type": "number"}),
        (float | None, {"type": "number", "required": False}),
        (Level, {"type": "number"}),
        (Literal[1, 2], {"type": "number"}),
        (bool, {"type": "boolean"}),
        (datetime, {"type": "date"}),
        (datetime | None, {"type": "date", "required": False}),
        (list[str], {"type": "string[]"}),
        (dict[str, int] | None, {"type": "json", "required": False}),
        (Any, {"type": "json", "required": False}),
    ],
)
def test_a_matching_field_is_accepted(annotation: Any, field: dict[str, Any]) -> None:
    model = type("Own", (Row,), {"__annotations__": {"own_field": annotation}})
    assert mismatches(model, _table(ownField=field), "user") == []


@pytest.mark.parametrize(
    ("annotation", "field", "expected"),
    [
        (
            int,
            {"type": "string"},
            "Change the type of Own.own_field to str: 'ownField' in auth.ts is string.",
        ),
        (
            str,
            {"type": "string", "required": False},
            "Change the type of Own.own_field to str | None: 'ownField' in auth.ts is string, or "
            "null because of `required: false`.",
        ),
        (str, {"type": "date"}, "to datetime: 'ownField' in auth.ts is date."),
        (str, {"type": "boolean", "required": False}, "to bool | None"),
        (Plan, {"type": ["free"], "required": False}, "to str | None"),
        (dict[str, int], {"type": "json", "required": False}, "to one that may be None"),
        (
            str,
            {"type": "string", "returned": False},
            "Remove Own.own_field from the model, or `returned: false` from 'ownField' in auth.ts",
        ),
    ],
)
def test_a_mismatched_field_is_reported(
    annotation: Any, field: dict[str, Any], expected: str
) -> None:
    model = type("Own", (Row,), {"__annotations__": {"own_field": annotation}})
    [problem] = mismatches(model, _table(ownField=field), "user")
    assert expected in problem


def test_a_field_missing_from_auth_ts_is_reported() -> None:
    class Own(Row):
        id: str
        departement: str | None = None
        email_verified: bool
        plan: str = Field(validation_alias="plan_name")

    fields = {"type": "string"}
    table = _table(department=fields, emailVerified={"type": "boolean"}, plan_name=fields)
    assert mismatches(Own, table, "user") == [
        "Remove Own.departement from the model, or add 'departement' to user.additionalFields in "
        "auth.ts, which has no such field; there is 'department'."
    ]


class Mistaken(User):
    departement: str | None = None


async def test_development_reports_a_mismatch(
    auth: Official, caplog: pytest.LogCaptureFixture
) -> None:
    auth_server = AuthServer(auth.project, auth.settings)
    async with running(application(auth_server, Mistaken)) as client:
        assert (await client.get("/me")).status_code == 401
        visitor = await make_visitor(auth_server)
        answer = await client.get("/me", headers=visitor.headers)
        assert answer.status_code == 503
        assert "Remove Mistaken.departement from the model" in answer.json()["detail"]
    assert "Remove Mistaken.departement from the model" in caplog.text


async def test_production_does_not_start_with_a_mismatch(session_project: Path) -> None:
    """The log contains the remedy, and no user sees it."""
    url = {"BETTER_AUTH_URL": "https://app.example.com", "BETTER_AUTH_ENV": "production"}
    with official(session_project, Variant(settings=url)) as auth:
        auth_server = AuthServer(auth.project, auth.settings)
        with pytest.raises(ModelError, match=r"Remove Mistaken\.departement"):
            async with running(application(auth_server, Mistaken)):
                pass
        auth_server = AuthServer(auth.project, auth.settings)
        async with running(application(auth_server)) as client:
            assert (await client.get("/who")).json() is None
            with pytest.raises(AuthServerError, match="production"):  # a route for tests
                await make_visitor(auth_server)


async def test_a_different_secret_in_auth_ts_is_reported(session_project: Path) -> None:
    """Otherwise all sessions would be refused without a reason."""
    other = Variant({"secret": "another-secret-of-more-than-thirty-two-letters"})
    with official(session_project, other) as auth:
        auth_server = AuthServer(auth.project, auth.settings)
        async with running(application(auth_server)) as client:
            answer = await client.get("/me", headers={"cookie": "a=b"})
            assert answer.status_code == 503
            assert "Sign with BETTER_AUTH_SECRET in auth.ts" in answer.json()["detail"]


async def test_a_row_that_does_not_match_the_model_gives_500(
    auth: Official, caplog: pytest.LogCaptureFixture
) -> None:
    class Planned(User):
        department: Literal["R&D"] | None = None

    auth_server = AuthServer(auth.project, auth.settings)
    async with running(application(auth_server, Planned)) as client:
        visitor = await make_visitor(auth_server, department="secret plans")
        answer = await client.get("/me", headers=visitor.headers)
        assert answer.status_code == 500
        await Database(auth).change("user", "id", visitor.user, department="R&D")
        assert (await client.get("/me", headers=visitor.headers)).status_code == 200
    assert "secret plans" not in caplog.text
