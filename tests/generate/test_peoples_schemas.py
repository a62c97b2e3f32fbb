"""Real schemas: no line is changed, and the additions follow their conventions."""

from __future__ import annotations

import re

import pytest

from tests.generate.auth import needs
from tests.generate.peoples import added
from tests.generate.run import generate
from tests.node import ask_prisma
from tests.schema.cases import render

#: A project of better-auth 1.2: no indexes, optional dates, no @@map, own order.
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


def is_valid(*schemas: str) -> bool:
    return ask_prisma(["\n".join(schemas)], "validate") == [None]


def test_a_schema_of_better_auth_1_2_gets_exactly_three_indexes() -> None:
    (new,) = generate(needs(), OLD)
    assert added(OLD, new) == ["@@index([userId])", "@@index([userId])", "@@index([identifier])"]
    assert is_valid(new)
    assert generate(needs(), new) == [new]


def test_new_models_have_no_map_where_the_project_has_none() -> None:
    (new,) = generate(needs("two-factor"), OLD)
    assert "@@map" not in new
    assert "go below this line" not in new
    assert is_valid(new)
    assert generate(needs("two-factor"), new) == [new]


def test_back_relations_are_recognized_by_type() -> None:
    """The official name of two-factor's is twofactors, which real schemas do not use."""
    theirs = render({"provider": "postgresql", "features": ["two-factor"]})
    theirs = theirs.replace("twofactors       TwoFactor[]", "twoFactors       TwoFactor[]")
    assert generate(needs("two-factor"), theirs) == [theirs]


def test_a_folder_of_files_gets_each_addition_where_the_model_lives() -> None:
    user = OLD[OLD.index("model User") : OLD.index("/// Who")]
    rest = OLD.replace(user, "")
    new_rest, new_user = generate(needs("admin"), rest, user)
    assert added(user, new_user) == [
        "role          String?",
        "banned        Boolean?  @default(false)",
        "banReason     String?",
        "banExpires    DateTime?",
    ]
    assert "impersonatedBy" in new_rest
    assert is_valid(new_rest, new_user)


def test_crlf_and_a_missing_final_newline_are_kept() -> None:
    theirs = OLD.replace("\n", "\r\n").removesuffix("\r\n")
    (new,) = generate(needs("jwt"), theirs)
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
    (new,) = generate(needs("two-factor"), theirs)
    assert is_valid(new)
    assert new.count('@@schema("auth")') == theirs.count('@@schema("auth")') + 1


def test_mapped_columns_and_tables_are_recognized() -> None:
    theirs = OLD.replace("userId    String\n", 'userId    String @map("user_id")\n')
    theirs = theirs.replace("/// Who", "// Who").replace(
        "fields: [userId], references: [id], onDelete: Cascade)\n",
        'fields: [userId], references: [id], onDelete: Cascade)\n  @@map("sessions")\n',
    )
    assert is_valid(theirs)
    (new,) = generate(needs(), theirs)
    assert added(theirs, new)[0] == "@@index([userId])"
    assert is_valid(new)


def test_configured_names_are_used() -> None:
    theirs = OLD.replace("  userId    String\n", '  user_id   String @map("userId")\n')
    theirs = theirs.replace("fields: [userId], references: [id], onDelete",
                            "fields: [user_id], references: [id], onDelete")  # fmt: skip
    theirs = theirs.replace("model Session ", "model Login ").replace("Session[]", "Login[]")
    assert is_valid(theirs)
    named = needs(options='{ session: { modelName: "login", fields: { userId: "user_id" } } }')
    (new,) = generate(named, theirs)
    assert added(theirs, new)[0] == "@@index([user_id])"
    assert is_valid(new)


def test_names_missing_from_the_configuration_are_reported() -> None:
    """better-auth uses the names of Prisma's client, not those of the database."""
    theirs = OLD.replace("  userId    String\n", '  user_id   String @map("userId")\n')
    theirs = theirs.replace("fields: [userId], references: [id], onDelete",
                            "fields: [user_id], references: [id], onDelete")  # fmt: skip
    theirs = theirs.replace("model Session ", "model Sessions ").replace("Session[]", "Sessions[]")
    assert is_valid(theirs)
    with pytest.raises(ValueError, match=r"0\.prisma:\d+: Sessions is found") as problem:
        generate(needs(), theirs)
    assert (
        'write session: { modelName: "sessions", fields: { userId: "user_id" } } in auth.ts.'
        in str(problem.value)
    )


def test_an_unrelated_user_model_is_left_alone() -> None:
    theirs = OLD.replace("model User ", "model AuthUser ").replace(" User ", " AuthUser ")
    theirs = theirs.replace("  @@unique([email])\n", '  @@unique([email])\n  @@map("auth_user")\n')
    theirs += "\nmodel User {\n  id   Int    @id\n  nick String\n}\n"
    assert is_valid(theirs)
    (new,) = generate(needs("admin", options='{ user: { modelName: "authUser" } }'), theirs)
    assert "model User {\n  id   Int    @id\n  nick String\n}" in new
    assert is_valid(new)
    with pytest.raises(ValueError, match=r'write user: \{ modelName: "authUser" \}'):
        generate(needs("admin", options='{ user: { modelName: "auth_user" } }'), theirs)


@pytest.mark.parametrize("kind", ["model", "enum"])
def test_names_are_case_sensitive(kind: str) -> None:
    body = '  id Int @id\n\n  @@map("other")\n' if kind == "model" else "  A\n"
    other = f"{kind} user {{\n{body}}}\n"
    for theirs in (f"{OLD}\n{other}", OLD.replace("model User {", f"{other}\nmodel User {{")):
        assert is_valid(theirs)
        (new,) = generate(needs("admin"), theirs)
        assert other in new and "banned" in new
        assert generate(needs("admin"), new) == [new]


def test_a_foreign_key_may_be_optional_with_its_relation() -> None:
    theirs = OLD.replace("  userId    String\n", "  userId    String?\n")
    theirs = theirs.replace("  owner     User  ", "  owner     User? ")
    assert is_valid(theirs)
    (new,) = generate(needs(), theirs)
    assert added(theirs, new) == ["@@index([userId])", "@@index([userId])", "@@index([identifier])"]
    lacking = re.sub(r"  owner .*\n|  Session  .*\n", "", theirs)
    (new,) = generate(needs(), lacking)
    assert is_valid(new)
    assert re.search(r"user +User\? +@relation\(fields: \[userId\]", new)


WITH_ROLES = OLD.replace(
    "  posts         Post[]\n",
    "  posts         Post[]\n  role          Role      @default(user)\n",
)


def test_enums_and_required_fields_with_a_default_are_kept() -> None:
    theirs = WITH_ROLES + "\nenum Role {\n  user\n  admin\n}\n"
    (new,) = generate(needs("admin"), theirs)
    assert "role " not in "".join(added(theirs, new))
    assert is_valid(new)


def test_an_enum_must_contain_the_default() -> None:
    """By its name in Prisma's client, not by that in the database."""
    theirs = WITH_ROLES.replace("(user)", "(USER)") + '\nenum Role {\n  USER @map("user")\n}\n'
    assert is_valid(theirs)
    with pytest.raises(ValueError, match="is the enum Role, which has no 'user'"):
        generate(needs("admin"), theirs)
    own = '{ user: { additionalFields: { role: { type: "string", defaultValue: "USER" } } } }'
    (new,) = generate(needs(options=own), theirs)
    assert len(added(theirs, new)) == 3


OWN = """{ user: { additionalFields: {
    company: { type: "string", required: false },
    seats: { type: "number", defaultValue: 1 },
    code: { type: "string", required: false, unique: true },
    level: { type: ["low", "high"], defaultValue: "low", index: true },
    tags: { type: "string[]", defaultValue: ["a"] },
} } }"""


def test_configured_additional_fields_are_added() -> None:
    schema = render({"provider": "postgresql", "features": []})
    (new,) = generate(needs(options=OWN), schema)
    assert added(schema, new) == [
        "// additional fields",
        "company String?",
        "seats   Int      @default(1)",
        "code    String?  @unique",
        'level   String   @default("low")',
        'tags    String[] @default(["a"])',
        "@@index([level])",
    ]
    assert is_valid(new)
    assert generate(needs(options=OWN), new) == [new]


def test_tables_of_unknown_plugins_are_added() -> None:
    audit = """{ plugins: [{ id: "audit", schema: {
        user: { fields: { auditedAt: { type: "date", required: false } } },
        entry: { fields: {
            actorId: { type: "string", references: { model: "user", field: "id" }, index: true },
            subjectId: { type: "string", required: false,
                         references: { model: "user", field: "id", onDelete: "set null" } },
            what: { type: "json", defaultValue: { by: "hand" } },
        } },
    } }] }"""
    schema = render({"provider": "postgresql", "features": ["admin"]})
    (new,) = generate(needs("admin", options=audit), schema)
    assert [re.sub(" +", " ", line) for line in added(schema, new)] == [
        "// audit",
        "auditedAt DateTime?",
        "entrys Entry[]",
        'entrys_subjectId Entry[] @relation("Entry_subjectId")',
        "model Entry {",
        "id String @id",
        "actorId String",
        "subjectId String?",
        r'what Json @default("{\"by\":\"hand\"}")',
        "user User @relation(fields: [actorId], references: [id], onDelete: Cascade)",
        'user_subjectId User? @relation("Entry_subjectId", fields: [subjectId], '
        "references: [id], onDelete: SetNull)",
        "// Your own fields and relations of Entry go below this line.",
        "@@index([actorId])",
        '@@map("entry")',
        "}",
    ]
    assert is_valid(new)
    assert generate(needs("admin", options=audit), new) == [new]


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
        "is not the String? that better-auth writes",
    ),
    ("posts         Post[]", "posts         Post[]\n  ???", "'???' is not a field"),
]


@pytest.mark.parametrize(("old", "new", "sentence"), PROBLEMS)
def test_conflicting_fields_are_reported(old: str, new: str, sentence: str) -> None:
    assert OLD.count(old) == 1
    with pytest.raises(ValueError, match=r"0\.prisma:\d+: ") as problem:
        generate(needs("admin"), OLD.replace(old, new))
    assert sentence in str(problem.value)
