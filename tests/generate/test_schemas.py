"""The schemas in this folder, in many styles, with the exact additions of *generate*.

First with better-auth's core alone, then with plugins that change most models.
"""

from __future__ import annotations

import re

import pytest
from better_auth_setup.generate.document import Document, read
from better_auth_setup.generate.insertion import apply, insertions
from better_auth_setup.generate.plan import plan

from tests.generate.auth import needs
from tests.generate.peoples import (
    CONFIGURED,
    FILES,
    FOLDER,
    MANY,
    added,
    at_home,
    outcome,
    outcomes,
)
from tests.node import ask_prisma

INDEXES = ["@@index([userId])", "@@index([userId])", "@@index([identifier])"]
#: The lines that better-auth's core adds to incomplete schemas.
CORE = {
    "block_comments": ["@@index([userId])"],
    "comments_on_attributes": INDEXES,
    "emails_of_tenants": ["@@unique([email])"],
    "four_spaces_unaligned": INDEXES,
    "generator_with_a_hyphen": INDEXES,
    "introspected_lists": ["@@index([userId])"],
    "lower_case_in_a_schema": INDEXES,
    "mysql_texts": ["@@index([userId])", "@@index([identifier(length: 191)])"],
    "no_table_names": INDEXES,
    "no_times": ["updatedAt DateTime @default(now()) @updatedAt"],
    "odd_spacing": INDEXES,
    "old_and_plain": INDEXES,
    "relation_without_fields": [
        "sessions      Session[]",
        "user      User     "
        "@relation(fields: [userId], references: [id], onDelete: Cascade)",
    ],
    "sql_server": INDEXES,
    "sqlite": INDEXES,
    "tabs": INDEXES,
    "unsupported_and_views": ["@@index([userId])"],
    "wide_user": ["@@index([userId])"],
}  # fmt: skip

#: Conflicts with the core or with MANY plugins: model, field, and a remedy.
PROBLEMS = {
    "accounts_without_an_id": ["Account has an @@id instead of the field id", "Make it a @@unique"],
    "ban_as_a_number": ["User.banExpires is Int", "writes DateTime: change its type"],
    "big_number_ids": ["User.id is a number", '{ generateId: "serial" }'],
    "conflict_markers": [":70: '<<<<<<< before updating' cannot be understood"],
    "enum_roles": ["User.role is the enum UserRole, which has no 'user'", "add it, or configure"],
    "enum_without_the_default": ["User.role is the enum UserRole, which has no 'user'"],
    "first_and_last_names": ["User.name is missing", "Else add it as String? first, fill it"],
    "first_beta": ["Session.token is missing", "add this line: token String @unique."],
    "from_auth_js": [
        "Session.expires looks like expiresAt under another name",
        'write token … @map("sessionToken")',
        'account: { fields: { accountId: "providerAccountId" } }',
        "Account.provider looks like providerId",
    ],
    "ids_of_the_database": ["User.id is a uuid", '{ generateId: "uuid" }'],
    "number_ids": ["User.id is a number", '{ generateId: "serial" }'],
    "old_passkeys": ["Passkey.webauthnUserID is required", "credentialID is missing"],
    "own_required_column": ["User.company is required", "additionalFields"],
    "small_last_request": ["RateLimit.lastRequest is Int", "writes BigInt"],
    "someone_elses_team": ["Organization is needed as a model, but is an enum: rename it"],
    "plural_models": ['better-auth asks for user: write user: { modelName: "users" } in auth.ts'],
    "telephone_invitations": ["Invitation.email is missing and has no default"],
    "uuid_ids": ["User.id is a uuid", '{ generateId: "uuid" }'],
}


@pytest.mark.parametrize("name", [file.stem for file in FILES])
def test_the_core_is_completed_with_the_fewest_lines(name: str) -> None:
    one = outcomes(())[name]
    if name == "nothing_yet":
        assert [lack.block for lack in one.plan.missing] == [None] * 4
    elif one.plan.problems:
        assert name in PROBLEMS and name not in CORE
    else:
        assert added(one.before, one.after) == CORE.get(name, [])


def test_the_lines_are_those_of_schemas_that_exist() -> None:
    assert {*CORE, *CONFIGURED} <= {file.stem for file in FILES}


@pytest.mark.parametrize("plugins", [(), tuple(MANY)], ids=["core", "plugins"])
def test_every_result_is_valid_and_complete(plugins: tuple[str, ...]) -> None:
    done = {n: one for n, one in outcomes(plugins).items() if not one.plan.problems}
    before = ask_prisma([one.before for one in done.values()], "validate")
    after = ask_prisma([one.after for one in done.values()], "validate")
    assert dict(zip(done, before, strict=True)) == dict.fromkeys(done)
    assert dict(zip(done, after, strict=True)) == dict.fromkeys(done)
    for name, one in done.items():
        added(one.before, one.after)
        assert outcome(list(plugins), one.after).plan.missing == [], name
    assert len(done) > 30


def test_only_conflicts_are_problems() -> None:
    both = [*outcomes(()).items(), *outcomes(tuple(MANY)).items()]
    assert {name for name, one in both if one.plan.problems} == set(PROBLEMS)


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_problem_names_the_field_and_a_remedy(name: str) -> None:
    problems = "\n".join(outcomes(tuple(MANY))[name].plan.problems)
    for words in PROBLEMS[name]:
        assert words in problems


@pytest.mark.parametrize("name", CONFIGURED)
def test_configured_names_are_no_problem(name: str) -> None:
    text = (FOLDER / f"{name}.prisma").read_text()
    plugins, *configured = at_home(name, MANY)
    one = outcome(plugins, text, *configured)
    assert one.plan.problems == []
    added(text, one.after)
    assert ask_prisma([one.after], "validate") == [None]
    assert outcome(plugins, one.after, *configured).plan.missing == []
    ids = set(re.findall(r"^\s+id\s+(.*)$", one.after, re.M))
    assert len({" ".join(line.split()) for line in ids}) == 1


def test_models_of_better_auth_may_live_in_any_file_of_a_folder() -> None:
    documents = [read(file) for file in sorted((FOLDER / "folder").glob("*.prisma"))]
    result = plan(documents, needs("two-factor"))
    made = insertions(result)
    new = {one.path.stem: apply(one, made) for one in documents}

    def more(one: Document) -> list[str]:
        return added("".join(one.lines), new[one.path.stem])

    auth, main, user = documents
    assert more(main) == []
    assert more(user) == ["twoFactorEnabled Boolean?  @default(false)", "twofactors    TwoFactor[]"]
    assert more(auth)[:2] == ["@@index([userId])", "model TwoFactor {"]
    assert ask_prisma(["\n".join(new.values())], "validate") == [None]


def test_new_models_follow_the_projects_conventions() -> None:
    new = {name: one.after for name, one in outcomes(tuple(MANY)).items()}
    assert '  @@map("two_factors")\n' in new["snake_case_columns"]
    assert '  userId                  String    @map("user_id")\n' in new["snake_case_columns"]
    assert "@@map" not in new["no_table_names"]
    assert new["lower_case_in_a_schema"].count('@@schema("auth")') == 11
    assert "model twoFactor {" in new["lower_case_in_a_schema"]
    assert "\n\tsecret " in new["tabs"]
    assert "\n    secret " in new["four_spaces_unaligned"]
    assert "@@index([userId])" in new["mysql_texts"]  # not longer than the VarChar(36) it is


def test_a_relation_beside_another_one_gets_a_name() -> None:
    new = outcomes(tuple(MANY))["another_relation_to_user"].after
    assert 'Passkey[] @relation("Passkey_userId")' in new
    assert '@relation("Passkey_userId", fields: [userId]' in new


def test_generated_names_are_unique() -> None:
    assert "  membersRelation Member[]\n" in outcomes(tuple(MANY))["names_in_use"].after
