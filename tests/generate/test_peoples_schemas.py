"""Schemas as people have them: every line of theirs stays, and what is added fits in."""

from __future__ import annotations

import re
from typing import Any

import pytest
from better_auth import BetterAuth
from better_auth.config import UserOptions
from better_auth.schema import Field

from tests.generate.auth import auth_with
from tests.generate.run import generate
from tests.generate.test_fresh import PLUGINS
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
