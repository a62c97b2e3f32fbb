"""Schema changes reach the database: announced first, and without losing rows."""

from __future__ import annotations

import secrets

import httpx
import pytest

from hooks.demo import STACKS, serving, walk_through
from tests.project import foreign
from tests.project.bench import LAST, Bench, add
from tests.project.projects import sentence
from tests.sampling import in_stack

pytestmark = pytest.mark.e2e
in_each_stack = pytest.mark.parametrize("stack", STACKS, scope="module")


NOTE = "\nmodel Note {\n  id Int @id\n}\n"
#: PostgreSQL writes these defaults in another way, so that each push would set them again.
REWRITTEN = """
model Rewritten {
  id    String   @id @default(dbgenerated("pg_catalog.gen_random_uuid()")) @db.Uuid
  code  String   @default(dbgenerated("lower('ABC')"))
  until DateTime @default(dbgenerated("now() + interval '1 day'"))
}
"""


@in_stack("python")
def test_additive_changes_are_announced_and_made(bench: Bench) -> None:
    new = bench.done(url=bench.another_url())
    assert "The database will change:\n      creates the database and all of its tables" in new
    bench.people()
    before = bench.rows()
    bench.write(add("User", "username String? @unique"), (LAST, LAST + NOTE))
    wanted = (
        "      creates a table: Note\n"
        "      changes user: added column username; added unique index on columns (username)\n"
    )
    # In TypeScript, it is a part of a message, whose lines `setup` of the bench has joined.
    assert " ".join(wanted.split()) in " ".join(bench.checked().split())
    done = bench.done()
    assert wanted in done
    assert done.index(wanted) < done.index("push ")
    assert bench.rows() == before


@pytest.mark.exhaustive
@in_each_stack
def test_a_default_that_the_database_rewrites_is_named_once(bench: Bench) -> None:
    bench.write((LAST, LAST + REWRITTEN))
    named = "would change Rewritten.id, Rewritten.code, Rewritten.until again"
    assert named in bench.done()
    assert bench.setup("--check").returncode == 0
    again = bench.done()
    assert named not in again and "nothing to change" in again
    bench.write(("lower('ABC')", "upper('abc')"))
    assert "altered column code" in bench.checked()
    assert named in bench.done()
    assert bench.setup("--check").returncode == 0


@in_stack("python")
def test_changes_that_lose_rows_are_refused(bench: Bench) -> None:
    whole = bench.schema.read_text()
    bench.people()
    bench.sql(
        'ALTER TABLE "user" ADD COLUMN code TEXT, ADD COLUMN size BIGINT',
        """UPDATE "user" SET code = 'x' || id, size = 5000000000""",
        'CREATE TABLE "Note" (id INTEGER PRIMARY KEY)',
        'INSERT INTO "Note" VALUES (1), (2)',
    )
    rows = 'SELECT * FROM "user", "Note" ORDER BY 1'
    before = bench.sql(rows)

    bench.write(add("User", "size Int?", "code String?"), (LAST, LAST + NOTE))
    refused = sentence(bench.setup())
    assert "You are about to alter the column `size` on the `user` table" in refused
    assert "Nothing was changed." in refused
    assert bench.sql(rows) == before

    more = NOTE.replace("@id", "@id\n  kind String")
    bench.schema.write_text(whole.replace(LAST, LAST + more))
    bench.write(add("User", "size BigInt?", "code String?"))
    refused = sentence(bench.setup())
    assert "cannot change the database: Added the required column `kind` to the `Note`" in refused
    assert "make it optional" in refused
    assert bench.sql(rows) == before


@in_stack("typescript")
def test_tables_outside_the_schema_are_not_dropped_without_the_flag(
    bench: Bench,
) -> None:
    bench.sql(*foreign.POSTGRESQL)
    color = '\nenum Color {\n  RED\n  GREEN\n\n  @@map("color")\n}\n'
    bench.write(add("User", "color Color?"), (LAST, LAST + color))
    checked = bench.checked()
    assert "a table, billing" in checked and "removed column code" in checked
    result = bench.setup()
    refused = sentence(result)
    assert f"Setup would drop {foreign.POSTGRESQL_DROPPED}, which" in refused
    for way_out in (
        "?schema=",
        "database for this project alone",
        "models for them",
        "--accept-data-loss",
    ):
        assert way_out in refused
    assert "removed tables: a table, billing\n" in result.stdout
    assert bench.sql("""SELECT code, "first name", color FROM "user", billing, "a table" """) == []
    assert bench.sql("SELECT 'not yet'::color::text, 'SAD'::mood::text") == [("not yet", "SAD")]
    indexes = "SELECT indexname FROM pg_indexes WHERE indexname ~ '^by_' ORDER BY 1"
    assert bench.sql(indexes) == [("by_name",), ("by_token",), ("by_words",)]

    bench.done("--accept-data-loss")
    assert bench.sql("SELECT to_regclass('billing'), to_regtype('mood')") == [(None, None)]
    assert bench.sql(indexes) == [("by_words",)]
    assert bench.sql("SELECT * FROM elsewhere.billing, names", "SELECT nextval('numbers')") == [
        (1,)
    ]


@in_stack("typescript")
def test_duplicate_rows_stop_a_unique_index_and_change_nothing(bench: Bench) -> None:
    bench.people()
    bench.write(add("User", "nickname String?", "@@unique([name])"))
    result = sentence(bench.setup())
    assert "Rows of the database have the same value in name of user" in result
    assert bench.sql(
        "SELECT count(*) FROM information_schema.columns WHERE column_name = 'nickname'"
    ) == [(0,)]
    bench.sql("""UPDATE "user" SET name = 'Ada II' WHERE id = '2'""")
    assert "tables updated" in bench.done()


ISSUER = (
    "ALTER TABLE account ADD COLUMN issuer TEXT",
    "UPDATE account SET issuer = 'local:credential'",
    "ALTER TABLE account ALTER COLUMN issuer SET NOT NULL",
    'CREATE UNIQUE INDEX "account_issuer_accountId_uidx" ON account (issuer, "accountId")',
)
OPTIONAL_ISSUER = ("issuer String?", "@@unique([issuer, accountId])")


def sign_up(bench: Bench) -> int:
    """Signs a user up; returns the status."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", bench.url)
        with serving(bench.project.stack, bench.project.folder) as address:
            status = httpx.post(
                f"{address}/api/auth/sign-up/email",
                headers={"Origin": address},
                json={
                    "name": "Eve",
                    "email": f"{secrets.token_hex(4)}@example.com",
                    "password": "correct horse",
                },
            ).status_code
            if status == 200:
                walk_through(address)
            return status


@pytest.mark.exhaustive
@in_each_stack
def test_an_issuer_column_of_better_auth_1_7_2_can_be_removed(bench: Bench) -> None:
    bench.people()
    bench.sql(*ISSUER)
    values = "SELECT id, issuer FROM account WHERE issuer IS NOT NULL ORDER BY id"
    before = bench.sql(values)
    refused = sentence(bench.setup())
    assert "write `issuer String?` and `@@unique([issuer, accountId])` into the model" in refused
    assert sign_up(bench) == 500
    bench.write(add("Account", *OPTIONAL_ISSUER))
    assert "nullable" in bench.done().lower()
    assert bench.sql(values) == before
    assert sign_up(bench) == 200
    bench.write(*((f"  {line}\n", "") for line in OPTIONAL_ISSUER))
    bench.setup("--accept-data-loss")
    assert bench.sql("SELECT count(*) FROM account WHERE \"userId\" IN ('1', '2', '3')") == [(3,)]


@in_stack("python")
def test_a_required_issuer_in_the_schema_is_reported(bench: Bench) -> None:
    bench.write(add("Account", "issuer String"))
    problem = "Account.issuer is required, and better-auth does not fill it"
    # Setup breaks and indents the lines of several problems.
    assert problem in " ".join(bench.checked().split())
    refused = bench.setup()
    assert refused.returncode == 1 and problem in " ".join(refused.stderr.split())
