"""A ``User`` with a column of every type that Prisma has and people use, on each provider."""

from __future__ import annotations

from typing import Any

from better_auth.schema import Field

_CORE = """
generator client {{
  provider            = "prisma-client"
  output              = "./generated"
  importFileExtension = "ts"
}}

datasource db {{
  provider = "{provider}"
}}

enum Role {{
  USER
  ADMIN
}}

model User {{
  id            String   @id
  name          String   @map("full_name")
  email         String   @unique @map("email_address")
  emailVerified Boolean  @default(false) @map("email_verified")
  image         String?{text}
  createdAt     DateTime @default(now()) @map("created_at")
  updatedAt     DateTime @updatedAt @map("updated_at")
  number        Int?
  big           BigInt?
  float         Float?
  decimal       Decimal?
  moment        DateTime?
  json          Json?
  role          Role     @default(USER)
{own}
  @@map("app_users")
}}
"""

#: The columns that a provider has beside those of all providers.
_OWN = {
    "postgresql": """
  zoned    DateTime? @db.Timestamptz(3)
  finer    DateTime? @db.Timestamp(6)
  day      DateTime? @db.Date
  plain    Json?     @db.Json
  small    Int?      @db.SmallInt
  uuid     String?   @unique @db.Uuid
  short    String?   @db.VarChar(20)
  strings  String[]
  numbers  Int[]
  bigs     BigInt[]
  roles    Role[]
""",
    "mysql": """
  zoned    DateTime? @db.Timestamp(3)
  finer    DateTime? @db.DateTime(6)
  day      DateTime? @db.Date
  small    Int?      @db.SmallInt
  uuid     String?   @unique @db.Char(36)
  short    String?   @db.VarChar(20)
  strings  String?   @db.Text
  numbers  String?   @db.Text
""",
    "sqlite": """
  strings  String?
  numbers  String?
""",
}

#: What `@map` and `@@map` above say, as `prisma_adapter` takes it.
NAMES: dict[str, Any] = {
    "tables": {"user": "app_users"},
    "columns": {
        "user": {
            "name": "full_name",
            "email": "email_address",
            "emailVerified": "email_verified",
            "createdAt": "created_at",
            "updatedAt": "updated_at",
        }
    },
}

_TYPES = {
    "number": "number",
    "big": "number",
    "float": "number",
    "decimal": "number",
    "moment": "datetime",
    "json": "json",
    "role": "string",
    "zoned": "datetime",
    "finer": "datetime",
    "day": "datetime",
    "plain": "json",
    "small": "number",
    "uuid": "string",
    "short": "string",
    "strings": "string[]",
    "numbers": "number[]",
    "bigs": "number[]",
    "roles": "string[]",
}


def schema(provider: str) -> str:
    """The Prisma schema."""
    text = "  @db.Text" if provider == "mysql" else ""
    return _CORE.format(provider=provider, own=_OWN[provider], text=text)


def fields(provider: str) -> dict[str, Field]:
    """better-auth-server's ``user.additional_fields`` for it."""
    columns = schema(provider)
    return {
        name: Field(kind, bigint=name == "big")
        for name, kind in _TYPES.items()
        if f"  {name} " in columns
    }


def official_fields(provider: str) -> dict[str, Any]:
    """The same for better-auth itself."""
    names = {"datetime": "date"}
    return {
        name: {"type": names.get(field.type, field.type), "required": False, "bigint": field.bigint}
        for name, field in fields(provider).items()
    }
