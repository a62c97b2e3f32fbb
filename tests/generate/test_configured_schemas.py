"""Schemas whose meaning depends on the configuration: what it fills, and what it is called."""

from __future__ import annotations

from pathlib import Path

import pytest
from better_auth import BetterAuth
from better_auth.config import UserOptions
from better_auth.schema import Field
from better_auth_setup.generate.document import parse
from better_auth_setup.generate.plan import Plan, plan
from better_auth_setup.generate.tables import needed

from tests.generate.auth import auth_with
from tests.generate.test_fresh import PLUGINS

FOLDER = Path(__file__).with_name("schemas") / "configured"


def compared(name: str, auth: BetterAuth, provider: str = "postgresql") -> Plan:
    text = (FOLDER / f"{name}.prisma").read_text()
    return plan([parse(Path("schema.prisma"), text)], needed(auth, provider), provider)


@pytest.mark.parametrize("default", [{"default": "TEAM"}, {"default_factory": lambda: "TEAM"}])
def test_what_the_configuration_fills_may_be_required(default: dict[str, object]) -> None:
    """On MySQL the official generator writes no default of a text, and of a function nowhere."""
    own = {
        "role": Field("string", default="USER"),
        "plan": Field("string", **default),  # type: ignore[arg-type]
        "seats": Field("number", default_factory=lambda: 1),
    }
    auth = auth_with([], PLUGINS, user=UserOptions(additional_fields=own))
    result = compared("mysql_defaults", auth, "mysql")
    assert (result.missing, result.problems, result.notes) == ([], [], [])


def test_a_default_that_an_enum_lacks_is_noted_on_every_database() -> None:
    own = {
        "role": Field("string", default="USER"),
        "plan": Field("string", default="GOLD"),
        "seats": Field("number", default=1),
    }
    auth = auth_with([], PLUGINS, user=UserOptions(additional_fields=own))
    (note,) = compared("mysql_defaults", auth, "mysql").notes
    assert "User.plan is the enum Plan, which has no 'GOLD'" in note


def test_what_nobody_fills_must_not_be_required() -> None:
    own = {name: Field("string") for name in ("role", "plan")} | {"seats": Field("number")}
    auth = auth_with([], PLUGINS, user=UserOptions(additional_fields=own))
    said = compared("mysql_defaults", auth, "mysql").problems
    assert [line.split(": ")[1].split(" is required, but")[0] for line in said] == [
        "User.role",
        "User.plan",
        "User.seats",
    ]
    hooked = auth_with(
        [], PLUGINS, user=UserOptions(additional_fields=own), database_hooks={"user": {}}
    )
    assert compared("mysql_defaults", hooked, "mysql").problems == []


def test_a_role_that_the_admin_plugin_sets_may_be_required() -> None:
    result = compared("role_of_admin", auth_with(["admin"], PLUGINS))
    assert (result.missing, result.problems) == ([], [])
    (problem,) = compared("role_of_admin", auth_with([], PLUGINS)).problems
    assert "User.role is required, and better-auth does not fill it" in problem


def test_the_older_name_of_a_column_is_known() -> None:
    result = compared("old_api_keys", auth_with(["api-key"], PLUGINS))
    (problem,) = result.problems
    assert "Apikey.userId looks like referenceId under another name" in problem
    assert 'write referenceId … @map("userId")' in problem
