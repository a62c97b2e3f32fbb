"""Schemas that depend on the configuration: defaults, names, ids."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from better_auth_setup.generate.document import parse
from better_auth_setup.generate.plan import Plan, plan
from better_auth_setup.generate.tables import Needs
from better_auth_setup.problem import Problem

from tests.generate.auth import needs
from tests.some import some

FOLDER = Path(__file__).with_name("schemas") / "configured"


def compared(name: str, needs: Needs) -> Plan:
    text = (FOLDER / f"{name}.prisma").read_text()
    return plan([parse(Path("schema.prisma"), text)], needs)


def own(role: str, plan: str, seats: str) -> str:
    """Options with three fields of User and their attributes."""
    fields = f"role: {{ {role} }}, plan: {{ {plan} }}, seats: {{ {seats} }}"
    return f"{{ user: {{ additionalFields: {{ {fields} }} }} }}"


USER = 'type: "string", defaultValue: "USER"'


@pytest.mark.parametrize("default", ['"TEAM"', '() => "TEAM"'])
def test_fields_with_a_configured_default_may_be_required(default: str) -> None:
    """The official generator writes no default for texts on MySQL, nor for functions anywhere."""
    plan = f'type: "string", required: false, defaultValue: {default}'
    options = own(USER, plan, 'type: "number", required: false, defaultValue: () => 1')
    result = compared("mysql_defaults", needs(provider="mysql", options=options))
    assert (result.missing, result.problems) == ([], [])


def test_a_default_missing_from_an_enum_is_reported() -> None:
    options = own(USER, 'type: "string", defaultValue: "GOLD"', 'type: "number", defaultValue: 1')
    (problem,) = compared("mysql_defaults", needs(provider="mysql", options=options)).problems
    assert "User.plan is the enum Plan, which has no 'GOLD'" in problem


def test_a_required_field_without_a_default_is_reported() -> None:
    text = 'type: "string", required: false'
    options = own(text, text, 'type: "number", required: false')
    problems = compared("mysql_defaults", needs(provider="mysql", options=options)).problems
    assert [line.split(": ")[1].split(" is required, but")[0] for line in problems] == [
        "User.role",
        "User.plan",
        "User.seats",
    ]
    hooked = f"{{ ...{options}, databaseHooks: {{ user: {{}} }} }}"
    assert compared("mysql_defaults", needs(provider="mysql", options=hooked)).problems == []


def test_a_role_that_the_admin_plugin_sets_may_be_required() -> None:
    result = compared("role_of_admin", needs("admin"))
    assert (result.missing, result.problems) == ([], [])
    (problem,) = compared("role_of_admin", needs()).problems
    assert "User.role is required, and better-auth does not fill it" in problem


def test_a_former_column_name_is_recognized() -> None:
    (problem,) = compared("old_api_keys", needs("api-key")).problems
    assert "Apikey.userId looks like referenceId under another name" in problem
    assert (
        'write referenceId … @map("userId"), or write schema: { apikey: '
        '{ fields: { referenceId: "userId" } } } in the options of api-key in auth.ts.' in problem
    )


IDS = {
    "{}": ("String", "@id", ""),
    '{ generateId: "uuid" }': (
        "String",
        '@id @default(dbgenerated("pg_catalog.gen_random_uuid()")) @db.Uuid',
        "@db.Uuid",
    ),
    '{ generateId: "serial" }': ("Int", "@id @default(autoincrement())", ""),
    "{ generateId: false }": ("String", "@id @default(cuid())", ""),
    "{ generateId: () => crypto.randomUUID() }": ("String", "@id", ""),
}


@pytest.mark.parametrize("strategy", IDS)
def test_the_id_strategy_is_written_to_the_schema(strategy: str) -> None:
    kind, attributes, of_key = IDS[strategy]
    options = f"{{ advanced: {{ database: {strategy} }} }}"
    referring = 0
    for table in some(needs("organization", options=options).tables):
        columns = {column.name: column for column in table.columns}
        assert (columns["id"].type, columns["id"].attributes) == (kind, attributes)
        if "userId" in columns:
            referring += 1
            assert (columns["userId"].type, columns["userId"].attributes) == (kind, of_key)
    assert referring > 0


@pytest.mark.parametrize("name", ["first-name", "2fa", "_tag"])
def test_a_field_that_prisma_cannot_name_is_refused(name: str) -> None:
    fields = f'{{ "{name}": {{ type: "string", required: false }} }}'
    with pytest.raises(Problem, match=f"user.{name} cannot be the name .* give it a fieldName"):
        needs(options=f"{{ user: {{ additionalFields: {fields} }} }}")


#: An existing id field and a value of generateId that contradict each other.
MISFITS = [
    ("String @id", '"uuid"', 'add @default(dbgenerated("pg_catalog.gen_random_uuid()")) @db.Uuid.'),
    ("String @id", "false", "add @default(cuid())."),
    ("String @id", '"serial"', 'is String, but generateId is "serial" in auth.ts: make it Int.'),
    ("Int @id @default(autoincrement())", '"uuid"', "is a number, but better-auth makes other ids"),
    ("String @id @db.Uuid", "undefined", 'write advanced: { database: { generateId: "uuid" } }'),
]


@pytest.mark.parametrize(("id_", "strategy", "sentence"), MISFITS)
def test_id_strategies_that_contradict_the_schema_are_refused(
    id_: str, strategy: str, sentence: str
) -> None:
    options = f"{{ advanced: {{ database: {{ generateId: {strategy} }} }} }}"
    text = (FOLDER / "role_of_admin.prisma").read_text()
    text = re.sub(r"(?<=\n)  id( +)String( +)@id.*", f"  id {id_}", text)
    document = parse(Path("schema.prisma"), text)
    found = [
        one for one in plan([document], needs("admin", options=options)).problems if ".id" in one
    ]
    assert len(found) == 1
    assert sentence in found[0]
