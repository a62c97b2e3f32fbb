"""Edits that owners make between two updates.

Edits in *reserved places* change only the schema's reserved places, the owner's own files and
routes, and `.env.local`: they must never conflict. *Ordinary* edits may conflict with other
answers, but not with a release. The others change or touch lines that a release may change too.
"""

from __future__ import annotations

from tests.update.edits import Edit, above, at_the_end, below, instead, own, then

SCHEMA = "prisma/schema.prisma"
ENV = ".env.local"
SNAKE_CASE = [
    '  refreshToken          String?   @map("refresh_token")',
    '  idToken               String?   @map("id_token")',
]
POSTS = """
model Post {
  id       String  @id @default(cuid())
  title    String
  body     String? // as Markdown
  authorId String
  author   User    @relation(fields: [authorId], references: [id], onDelete: Cascade)

  @@index([authorId])
}"""
ORDERS = """
/// What was bought.
model Order {
  id     Int         @id @default(autoincrement())
  status OrderStatus @default(OPEN)
  total  Decimal

  @@map("orders")
}

enum OrderStatus {
  OPEN
  PAID
  SENT
}"""
PROJECTS = """
model Project {
  id             String       @id
  organizationId String
  organization   Organization @relation(fields: [organizationId], references: [id])
}"""

KEY_USES = """
model KeyUse {
  id    String   @id @default(cuid())
  at    DateTime @default(now())
  keyId String
  key   Apikey   @relation(fields: [keyId], references: [id], onDelete: Cascade)

  @@index([keyId, at])
}"""

IN_RESERVED_PLACES = [
    Edit("posts of users", {SCHEMA: then(own("User", "  posts Post[]"), at_the_end(POSTS))}),
    Edit("a model and an enum", {SCHEMA: at_the_end(ORDERS)}),
    Edit(
        "projects of organizations",
        {SCHEMA: then(own("Organization", "  projects Project[]"), at_the_end(PROJECTS))},
    ),
    Edit(
        "fields of users",
        {SCHEMA: own("User", "  nickname String?", '  locale   String  @default("en")')},
    ),
    Edit("a field of sessions", {SCHEMA: own("Session", "  deviceName String?")}),
    Edit("a field of accounts", {SCHEMA: own("Account", "  linkedAt DateTime?")}),
    Edit("a field of teams", {SCHEMA: own("Team", "  colour String?")}),
    Edit("a field of verifications", {SCHEMA: own("Verification", "  attempts Int @default(0)")}),
    Edit("a field of signing keys", {SCHEMA: own("Jwks", "  rotatedBy String?")}),
    Edit(
        "usage of API keys", {SCHEMA: then(own("Apikey", "  uses KeyUse[]"), at_the_end(KEY_USES))}
    ),
    Edit(
        "guests of users",
        {
            SCHEMA: own(
                "User",
                "  /// Who brought them here.",
                "  hostId String?",
                '  host   User?   @relation("guests", fields: [hostId], references: [id])',
                '  guests User[]  @relation("guests")',
            )
        },
    ),
]

#: `prisma format` moves these to the model's attributes.
OWN_INDEXES = [
    Edit(
        "an indexed field of users",
        {SCHEMA: own("User", "  points Int @default(0) // of the game", "", "  @@index([points])")},
    ),
    Edit("an index of accounts", {SCHEMA: own("Account", "  @@index([createdAt])")}),
    Edit(
        "names of members are unique",
        {SCHEMA: own("Member", "  nickname String?", "", "  @@unique([organizationId, nickname])")},
    ),
]

AMONG_THE_TABLES = [
    Edit("another table name", {SCHEMA: instead('@@map("user")', '@@map("users")')}),
    Edit(
        "another column name",
        {SCHEMA: instead("  ipAddress String?", '  ipAddress String?  @map("ip_address")')},
    ),
    Edit("a comment of a plugin", {SCHEMA: instead("  // username\n", "  // what to call them\n")}),
    Edit("a comment above a model", {SCHEMA: above("model Account {", "/// A way to sign in.")}),
    Edit("an index of sessions", {SCHEMA: above('  @@map("session")', "  @@index([expiresAt])")}),
    Edit(
        "a field among those of users",
        {SCHEMA: below("  banExpires DateTime?", "  banCount   Int       @default(0)")},
    ),
    Edit(
        "another name of a field",
        {SCHEMA: instead("  userAgent String?", '  browser   String?  @map("userAgent")')},
    ),
    Edit(
        "columns in snake case",
        {
            SCHEMA: then(
                instead("  refreshToken          String?", SNAKE_CASE[0]),
                instead("  idToken               String?", SNAKE_CASE[1]),
                instead('@@map("account")', '@@map("accounts")'),
            )
        },
    ),
    Edit(
        "a comment on a field", {SCHEMA: above("  slug      String   @unique", "  /// In the URL.")}
    ),
    Edit(
        "a native type", {SCHEMA: instead("  banReason  String?", "  banReason  String? @db.Text")}
    ),
    Edit(
        "a default for roles",
        {SCHEMA: instead("  role       String?", '  role       String? @default("user")')},
    ),
    Edit(
        "no reserved comment in sessions",
        {
            SCHEMA: instead(
                "  // Your own fields and relations of Session go below this line.\n\n", ""
            )
        },
    ),
    Edit(
        "a banner", {SCHEMA: above("generator client {", "// The tables of the Corner Shop.", "")}
    ),
    Edit(
        "another output",
        {SCHEMA: instead('= "prisma-client"\n', '= "prisma-client"\n  engineType = "client"\n')},
    ),
]

IN_PYTHON = [
    Edit(
        "a route at the end",
        {
            "src/my_app/main.py": at_the_end(
                "",
                "",
                '@app.get("/notes")',
                "async def notes(user: CurrentUser) -> list[str]:",
                '    return [f"a note of {user.name}"]',
            )
        },
        ("python",),
    ),
    Edit(
        "a router",
        {
            "src/my_app/shop.py": at_the_end(
                "from fastapi import APIRouter", "", "router = APIRouter()"
            ),
            "src/my_app/main.py": then(
                below(
                    "from my_app.settings import ROOT, settings",
                    "from my_app.shop import router",
                ),
                below('app.mount("/api/auth", auth_server.proxy)', "app.include_router(router)"),
            ),
        },
        ("python",),
    ),
    Edit(
        "a setting",
        {
            "src/my_app/settings.py": below(
                "    # Your own settings go below this line.", "    page_size: int = 20"
            )
        },
        ("python",),
    ),
    Edit(
        "a field of users",
        {
            "src/my_app/sessions.py": below(
                "    # Your own fields of User go below this line, "
                "such as: department: str | None = None",
                "    nickname: str | None = None",
            )
        },
        ("python",),
    ),
    Edit(
        "longer passwords",
        {
            "auth/auth.ts": below(
                "    sendResetPassword: messages.sendResetPassword,",
                "    minPasswordLength: 12,",
            )
        },
        ("python",),
    ),
    Edit(
        "a module of their own",
        {"src/my_app/prices.py": at_the_end('"""What things cost."""', "", "VAT = 19")},
        ("python",),
    ),
    Edit(
        "a test of their own",
        {"tests/test_prices.py": at_the_end("def test_nothing_is_free() -> None: ...")},
        ("python",),
    ),
    Edit(
        "another greeting",
        {"src/my_app/main.py": instead("'stranger'}!", "'you'}, welcome to the shop!")},
        ("python",),
    ),
    Edit(
        "other trusted origins",
        {
            "auth/auth.ts": instead(
                "  trustedOrigins,",
                '  trustedOrigins: [...trustedOrigins, "https://shop.example.com"],',
            )
        },
        ("python",),
    ),
    Edit("no compose file", {"compose.yaml": None}, ("python",)),
    Edit("no test of the application", {"tests/test_app.py": None}, ("python",)),
]

IN_TYPESCRIPT = [
    Edit(
        "a route at the end",
        {"src/app.ts": at_the_end("", 'app.get("/notes", (c) => c.json(["a note"]));')},
        ("typescript",),
    ),
    Edit(
        "another default URL",
        {
            "src/lib/env.ts": instead(
                "...readSettings(),",
                '...readSettings({ baseUrl: "http://localhost:4000" }),',
            )
        },
        ("typescript",),
    ),
    Edit(
        "longer passwords",
        {
            "src/lib/auth.ts": below(
                "    sendResetPassword: messages.sendResetPassword,",
                "    minPasswordLength: 12,",
            )
        },
        ("typescript",),
    ),
    Edit(
        "an option of their own",
        {
            "src/lib/auth.ts": below(
                "  // Your own options go below this line.",
                "  session: { expiresIn: 60 * 60 * 24 },",
            )
        },
        ("typescript",),
    ),
    Edit(
        "a module of their own",
        {"src/lib/prices.ts": at_the_end("/** What things cost. */", "export const vat = 19;")},
        ("typescript",),
    ),
    Edit(
        "a test of their own",
        {"tests/prices.test.ts": at_the_end('import test from "node:test";')},
        ("typescript",),
    ),
    Edit(
        "another greeting",
        {"src/app.ts": instead('c.json({ name: "My App" })', 'c.json({ name: "The Shop" })')},
        ("typescript",),
    ),
    Edit(
        "a router",
        {
            "src/shop.ts": at_the_end(
                'import { Hono } from "hono";', "", "export const shop = new Hono();"
            ),
            "src/app.ts": then(
                below(
                    'import { prisma } from "./lib/prisma.ts";', 'import { shop } from "./shop.ts";'
                ),
                above("/** A protected route: ", 'app.route("/shop", shop);', ""),
            ),
        },
        ("typescript",),
    ),
    Edit("no compose file", {"compose.yaml": None}, ("typescript",)),
    Edit("no test of the sign-in", {"tests/sign-in.test.ts": None}, ("typescript",)),
]

#: These edit lists of plugins, which other answers change.
PLUGINS_BY_HAND = [
    Edit(
        "a plugin in the auth config",
        {
            "auth/auth.ts": then(
                below(
                    'import { prisma } from "./prisma.ts";',
                    'import { anonymous } from "better-auth/plugins";',
                ),
                below("    // Your own plugins go below this line.", "    anonymous(),"),
            )
        },
        ("python",),
    ),
    Edit(
        "a plugin in the auth config",
        {
            "src/lib/auth.ts": then(
                below(
                    'import { prisma } from "./prisma.ts";',
                    'import { anonymous } from "better-auth/plugins";',
                ),
                below("    // Your own plugins go below this line.", "    anonymous(),"),
            )
        },
        ("typescript",),
    ),
]

OF_THE_MACHINE = [
    Edit("an own variable", {ENV: at_the_end("", "# The shop", "STRIPE_KEY=sk_test_1", "EMPTY=")}),
    Edit(
        "another order",
        {ENV: lambda text: "\n\n".join(reversed(text.strip().split("\n\n"))) + "\n"},
    ),
    Edit(
        "a database",
        {ENV: instead("\nDATABASE_URL=\n", "\nDATABASE_URL=postgresql://a:b@db/shop\n")},
    ),
]

OF_PACKAGES = [
    Edit(
        "a package for Python",
        {"pyproject.toml": instead('  "pytest==', '  "pillow==12.0.0",\n  "pytest==')},
        ("python",),
    ),
    Edit(
        "a package for Node.js",
        {"package.json": below('  "devDependencies": {', '    "@acme/lint": "1.0.0",')},
    ),
    Edit(
        "a readme of their own", {"README.md": lambda text: "# The Corner Shop\n\nSells things.\n"}
    ),
]

RESERVED = [*IN_RESERVED_PLACES, *IN_PYTHON, *IN_TYPESCRIPT, *OF_THE_MACHINE]
ORDINARY = [*RESERVED, *OWN_INDEXES, *PLUGINS_BY_HAND]
LIBRARY = [*ORDINARY, *AMONG_THE_TABLES, *OF_PACKAGES]


def edits(stack: str, among: list[Edit]) -> list[Edit]:
    """The edits for a stack."""
    return [edit for edit in among if stack in edit.stacks]
