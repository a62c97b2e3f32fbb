"""Schemas as people have them: every line of theirs stays, and what is added fits in."""

from __future__ import annotations

import re
from typing import Any

import pytest
from better_auth import BetterAuth
from better_auth.config import UserOptions
from better_auth.schema import Field
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.generate.auth import auth_with
from tests.generate.run import generate
from tests.generate.test_fresh import FEATURES, PLUGINS
from tests.node import ask_prisma
from tests.schema.cases import complete, render

#: What a project of better-auth 1.2 has: no indexes, optional dates, no @@map, own order.
OLD = """\
generator client {
  provider = "prisma-client-js"
}

datasource db {
  provider = "postgresql"
}

model User {
  id            String    @id @default(cuid())
  name          String
  email         String
  emailVerified Boolean   @default(false)
  image         String? // a URL
  createdAt     DateTime  @default(now())
  updatedAt     DateTime  @updatedAt
  Session       Session[]
  Account       Account[]
  posts         Post[]

  @@unique([email])
}

/// Who is signed in where.
model Session {
  id        String   @id
  expiresAt DateTime
  token     String   @unique
  createdAt DateTime @default(now())
  updatedAt DateTime @updatedAt
  ipAddress String?
  userAgent String?
  userId    String
  owner     User     @relation(fields: [userId], references: [id], onDelete: Cascade)
}

model Account {
  id                    String    @id
  accountId             String
  providerId            String
  userId                String
  user                  User      @relation(fields: [userId], references: [id])
  accessToken           String?
  refreshToken          String?
  idToken               String?
  accessTokenExpiresAt  DateTime?
  refreshTokenExpiresAt DateTime?
  scope                 String?
  password              String?
  createdAt             DateTime  @default(now())
  updatedAt             DateTime  @updatedAt

  @@unique([providerId, accountId]) // one account a provider
}

/*
 * Codes and links that we sent: { "kind": "mail" }
 */
model Verification { // short-lived
  id         String    @id
  identifier String
  value      String
  expiresAt  DateTime
  createdAt  DateTime?
  updatedAt  DateTime?
}

model Post {
  id       String @id
  authorId String
  author   User   @relation(fields: [authorId], references: [id])
}
"""


def auth(*features: str, **more: Any) -> BetterAuth:
    return auth_with(complete(features), PLUGINS, **more)


def added(old: str, new: str) -> list[str]:
    """The lines of ``new`` that are not in ``old``; fails if one of the old is gone or moved."""
    rest = iter(old.splitlines())
    expected, more = next(rest, None), []
    for line in new.splitlines():
        if line == expected:
            expected = next(rest, None)
        else:
            more.append(line)
    assert expected is None, f"lost: {expected}"
    return [line.strip() for line in more if line.strip()]


def is_valid(*schemas: str) -> bool:
    return ask_prisma(["\n".join(schemas)], "validate") == [None]


def test_an_old_schema_gets_exactly_the_three_indexes() -> None:
    (new,) = generate(auth(), OLD)
    assert added(OLD, new) == ["@@index([userId])", "@@index([userId])", "@@index([identifier])"]
    assert is_valid(new)
    assert generate(auth(), new) == [new]


def test_new_models_follow_the_project_that_maps_no_table() -> None:
    (new,) = generate(auth("two-factor"), OLD)
    assert "@@map" not in new
    assert "go below this line" not in new
    assert is_valid(new)
    assert generate(auth("two-factor"), new) == [new]


def test_back_relations_are_known_by_their_type() -> None:
    """Two-factor's is called twofactors officially; nobody calls it that."""
    theirs = render({"provider": "postgresql", "features": ["two-factor"]})
    theirs = theirs.replace("twofactors       TwoFactor[]", "twoFactors       TwoFactor[]")
    assert generate(auth("two-factor"), theirs) == [theirs]


def test_a_folder_of_files_gets_each_addition_where_the_model_lives() -> None:
    user = OLD[OLD.index("model User") : OLD.index("/// Who")]
    rest = OLD.replace(user, "")
    new_rest, new_user = generate(auth("admin"), rest, user)
    assert added(user, new_user) == [
        "role          String?",
        "banned        Boolean?  @default(false)",
        "banReason     String?",
        "banExpires    DateTime?",
    ]
    assert "impersonatedBy" in new_rest
    assert is_valid(new_rest, new_user)


def test_windows_line_ends_and_a_missing_last_one_stay() -> None:
    theirs = OLD.replace("\n", "\r\n").removesuffix("\r\n")
    (new,) = generate(auth("jwt"), theirs)
    assert "\n" not in new.replace("\r\n", "")
    assert new.endswith("}")
    assert is_valid(new)


def test_lower_case_models_in_a_database_schema_are_found() -> None:
    theirs = re.sub(
        r"^model (\w+) \{(.*?)^\}",
        lambda m: f'model {m[1].lower()} {{{m[2]}\n  @@schema("auth")\n}}',
        OLD,
        flags=re.M | re.S,
    )
    theirs = re.sub(r"\b(User|Session|Account|Post)(?=[\s\[?])(?!\s+(?:Session|Account)\[)",
                    lambda m: m[1].lower(), theirs)  # fmt: skip
    theirs = theirs.replace('"postgresql"\n', '"postgresql"\n  schemas  = ["auth"]\n')
    assert is_valid(theirs)
    (new,) = generate(auth("two-factor"), theirs)
    assert is_valid(new)
    assert new.count('@@schema("auth")') == theirs.count('@@schema("auth")') + 1


def test_renamed_columns_and_tables_are_understood() -> None:
    theirs = OLD.replace("userId    String\n", 'user_id   String @map("userId")\n')
    theirs = theirs.replace(
        "fields: [userId], references: [id], onDelete",
        "fields: [user_id], references: [id], onDelete",
    )
    theirs = theirs.replace(
        "  emailVerified Boolean   @default",
        '  emailVerified Boolean   @map("email_verified") @default',
    )
    assert is_valid(theirs)
    (new,) = generate(auth(), theirs)
    assert added(theirs, new)[0] == "@@index([user_id])"
    assert is_valid(new)


def test_enums_and_required_fields_with_a_default_are_kept() -> None:
    theirs = OLD.replace(
        "  posts         Post[]\n",
        "  posts         Post[]\n  role          Role      @default(USER)\n",
    )
    theirs += "\nenum Role {\n  USER\n  ADMIN\n}\n"
    (new,) = generate(auth("admin"), theirs)
    assert "role " not in "".join(added(theirs, new))
    assert is_valid(new)


def test_own_fields_of_the_configuration_are_added() -> None:
    own = {
        "company": Field("string"),
        "seats": Field("number", required=True, default=1),
        "code": Field("string", unique=True),
        "tags": Field("string[]"),
    }
    configured = auth(user=UserOptions(additional_fields=own))
    schema = render({"provider": "postgresql", "features": []})
    (new,) = generate(configured, schema)
    assert added(schema, new) == [
        "// additional fields",
        "company String?",
        "seats   Int      @default(1)",
        "code    String?  @unique",
        "tags    String[]",
    ]
    assert is_valid(new)
    assert generate(configured, new) == [new]


PROBLEMS = [
    (
        "emailVerified Boolean   @default(false)",
        "emailVerified DateTime?",
        "is DateTime, but better-auth writes Boolean",
    ),
    (
        "posts         Post[]",
        "posts         Post[]\n  company       String",
        "company is required, and better-auth does not fill it",
    ),
    (
        "password              String?",
        "password              String",
        "is required, but better-auth may leave it out",
    ),
    (
        "scope                 String?",
        "scope                 String[]",
        "is no String?, which better-auth writes",
    ),
    ("posts         Post[]", "posts         Post[]\n  ???", "'???' is no field"),
]


@pytest.mark.parametrize(("old", "new", "sentence"), PROBLEMS)
def test_what_cannot_be_reconciled_is_said(old: str, new: str, sentence: str) -> None:
    assert OLD.count(old) == 1
    with pytest.raises(ValueError, match=r"0\.prisma:\d+: ") as problem:
        generate(auth("admin"), OLD.replace(old, new))
    assert sentence in str(problem.value)


def edits() -> st.SearchStrategy[str]:
    """The schema of some features with fields, indexes and whole models taken out, restyled."""

    def restyle(parts: tuple[list[str], set[int], int, bool, bool]) -> str:
        features, gone, indent, windows, commented = parts
        text = render({"provider": "postgresql", "features": complete(features)})
        lines = text.splitlines()
        used = set(re.findall(r"[\[ ](\w+)[\],]", text))  # in an index or a relation
        optional = [
            n
            for n, line in enumerate(lines)
            if "@@index" in line
            or (
                (found := re.match(r"  (\w+) +(?:String|Int|Boolean|DateTime)\?", line))
                and found[1] not in used
            )
        ]
        dropped = {optional[n % len(optional)] for n in gone}
        kept = [line for n, line in enumerate(lines) if n not in dropped]
        kept = [re.sub(r"^  (?=\S)", " " * indent, line) for line in kept]
        if commented:
            kept = [f"{line} // ours" if line.endswith("String") else line for line in kept]
        return "\r\n".join([*kept, ""]) if windows else "\n".join([*kept, ""])

    return st.tuples(
        st.lists(st.sampled_from(FEATURES), max_size=4),
        st.sets(st.integers(0, 500), max_size=8),
        st.sampled_from([1, 2, 4]),
        st.booleans(),
        st.booleans(),
    ).map(restyle)


TRIES = st.tuples(edits(), st.lists(st.sampled_from(FEATURES), max_size=5))


@pytest.mark.e2e
@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.generate],  # shrinking would ask Prisma hundreds of times
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(TRIES, min_size=20, max_size=20))
def test_whatever_was_edited_nothing_is_lost_and_the_result_is_valid(
    tries: list[tuple[str, list[str]]],
) -> None:
    results = []
    for theirs, features in tries:
        (new,) = generate(auth(*features), theirs)
        added(theirs, new)
        assert generate(auth(*features), new) == [new]
        results.append(new)
    assert [error for error in ask_prisma(results, "validate") if error] == []
