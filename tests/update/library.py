"""The edits that people make between two updates.

The *ordinary* ones stay with the places that the template reserves, and with files that are
people's own: no update may have trouble with them. The others change or touch lines that a
release may change as well.
"""

from __future__ import annotations

from tests.update.edits import Edit, above, at_the_end, below, instead, own, then

SCHEMA = "prisma/schema.prisma"
ENV = ".env.local"
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
    Edit(
        "an indexed field of users",
        {SCHEMA: own("User", "  points Int @default(0) // of the game", "", "  @@index([points])")},
    ),
    Edit("a field of sessions", {SCHEMA: own("Session", "  deviceName String?")}),
    Edit("a field of accounts", {SCHEMA: own("Account", "  linkedAt DateTime?")}),
    Edit("an index of accounts", {SCHEMA: own("Account", "  @@index([createdAt])")}),
    Edit("a field of teams", {SCHEMA: own("Team", "  colour String?")}),
    Edit("a field of verifications", {SCHEMA: own("Verification", "  attempts Int @default(0)")}),
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
                    "from my_app.settings import PROJECT_ROOT, settings",
                    "from my_app.shop import router",
                ),
                below("mount_auth(app, auth)", "app.include_router(router)"),
            ),
        },
        ("python",),
    ),
    Edit(
        "a setting",
        {
            "src/my_app/settings.py": then(
                instead('app_name: str = "My App"', 'app_name: str = "The Corner Shop"'),
                below(
                    "    trusted_proxies: Annotated[list[str], NoDecode] = []",
                    "    page_size: int = 20",
                ),
            )
        },
        ("python",),
    ),
    Edit(
        "a plugin in the auth config",
        {
            "src/my_app/auth.py": then(
                below("from better_auth.plugins_ext import (", "    AnonymousPlugin,"),
                below("    plugins=[", "        AnonymousPlugin(),"),
            )
        },
        ("python",),
    ),
    Edit(
        "longer passwords",
        {
            "src/my_app/auth.py": below(
                "    email_and_password=EmailAndPassword(", "        min_password_length=12,"
            )
        },
        ("python",),
    ),
    Edit("no compose file", {"compose.yaml": None}, ("python",)),
    Edit("no test of the admin plugin", {"tests/test_admin.py": None}, ("python",)),
]

IN_TYPESCRIPT = [
    Edit(
        "a route at the end",
        {"src/app.ts": at_the_end("", 'app.get("/notes", (c) => c.json(["a note"]));')},
        ("typescript",),
    ),
    Edit(
        "another port",
        {"src/lib/env.ts": instead("process.env.PORT || 3000", "process.env.PORT || 4000")},
        ("typescript",),
    ),
    Edit(
        "a plugin in the auth config",
        {
            "src/lib/auth.ts": then(
                above(
                    "import { clientAddressHeader }",
                    'import { anonymous } from "better-auth/plugins";',
                ),
                below("  plugins: [", "    anonymous(),"),
            )
        },
        ("typescript",),
    ),
    Edit(
        "longer passwords",
        {
            "src/lib/auth.ts": instead(
                "{ enabled: true, sendResetPassword }",
                "{ enabled: true, sendResetPassword, minPasswordLength: 12 }",
            )
        },
        ("typescript",),
    ),
    Edit("no compose file", {"compose.yaml": None}, ("typescript",)),
    Edit("no test of the settings", {"tests/settings.test.ts": None}, ("typescript",)),
]

OF_THE_MACHINE = [
    Edit("an own variable", {ENV: at_the_end("", "# The shop", "STRIPE_KEY=sk_test_1", "EMPTY=")}),
    Edit(
        "another order",
        {ENV: lambda text: "\n\n".join(reversed(text.strip().split("\n\n"))) + "\n"},
    ),
    Edit(
        "a database", {ENV: instead("DATABASE_URL=\n", "DATABASE_URL=postgresql://a:b@db/shop\n")}
    ),
]

OF_PACKAGES = [
    Edit(
        "a package for Python",
        {"pyproject.toml": instead('  "python-dotenv', '  "pillow==12.0.0",\n  "python-dotenv')},
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

ORDINARY = [*IN_RESERVED_PLACES, *IN_PYTHON, *IN_TYPESCRIPT, *OF_THE_MACHINE]
LIBRARY = [*ORDINARY, *AMONG_THE_TABLES, *OF_PACKAGES]


def edits(stack: str, among: list[Edit]) -> list[Edit]:
    """Those that a stack's projects can have."""
    return [edit for edit in among if stack in edit.stacks]
