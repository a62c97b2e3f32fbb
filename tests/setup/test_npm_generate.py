"""npm's *generate*: files and folders, and never a file beside the schema."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.generate.configurations import ENCODINGS
from tests.setup.npm_project import NpmProject, npm_project

SCHEMA = "prisma/schema.prisma"
CONFIG = "prisma.config.ts"
AUTH = "src/lib/auth.ts"
LITERAL = 'schema: "prisma/schema.prisma"'
#: The plugin's additions, in better-auth's order.
TWO_FACTOR = "twoFactorEnabled Boolean?"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> NpmProject:
    project = npm_project(tmp_path_factory.mktemp("generate") / "project", provider="sqlite")
    project.done("setup")
    return project


@pytest.fixture
def project(made: NpmProject) -> Iterator[NpmProject]:
    """A project after setup, restored after the test."""
    kept = {path: (made.folder / path).read_bytes() for path in (SCHEMA, CONFIG, AUTH)}
    yield made
    for path in made.folder.rglob("*.prisma"):
        if "node_modules" not in path.parts:
            path.unlink()
    for name, content in kept.items():
        (made.folder / name).write_bytes(content)


@pytest.mark.parametrize(("encoding", "remedy"), ENCODINGS)
def test_an_encoding_that_prisma_does_not_take_is_reported(
    project: NpmProject, encoding: str, remedy: str
) -> None:
    schema = (project.folder / SCHEMA).read_text().encode(encoding)
    (project.folder / SCHEMA).write_bytes(schema)
    result = project.run("generate")
    assert result.returncode == 1
    assert result.stderr == f"generate: Save {SCHEMA} {remedy}.\n"
    assert (project.folder / SCHEMA).read_bytes() == schema


def add_plugins(project: NpmProject, *plugins: str) -> None:
    names = ", ".join({plugin.split("(")[0] for plugin in plugins})
    auth = project.folder / AUTH
    text = auth.read_text()
    head, _, rest = text.partition("\n")
    if "plugins: [" in rest:
        rest = rest.replace("plugins: [", f"plugins: [{', '.join(plugins)}, ", 1)
    else:
        rest = rest.replace(
            "  emailAndPassword:", f"  plugins: [{', '.join(plugins)}],\n  emailAndPassword:", 1
        )
    auth.write_text(f'{head}\nimport {{ {names} }} from "better-auth/plugins";\n{rest}')


def split(project: NpmProject, folder: str) -> Path:
    """The schema as a folder of files: one for User, and one for an own model."""
    text = (project.folder / SCHEMA).read_text()
    (project.folder / SCHEMA).unlink()
    place = project.folder / folder
    place.mkdir(parents=True, exist_ok=True)
    user, session = text.index("model User "), text.index("model Session ")
    (place / "main.prisma").write_text(text[:user])
    (place / "auth" / "users.prisma").parent.mkdir(exist_ok=True)
    (place / "auth" / "users.prisma").write_text(text[user:session])
    (place / "auth" / "others.prisma").write_bytes(text[session:].replace("\n", "\r\n").encode())
    (place / "zoo.prisma").write_text("model Animal {\n  id String @id\n}\n")
    return place


def test_only_missing_lines_are_added(project: NpmProject) -> None:
    before = (project.folder / SCHEMA).read_text()
    add_plugins(project, "twoFactor()")
    lacks = project.refused("generate", "--check")
    assert f"model User: {TWO_FACTOR}" in lacks and "model TwoFactor: id String @id" in lacks
    assert TWO_FACTOR in " ".join(project.done("generate", "--diff").split())
    assert (project.folder / SCHEMA).read_text() == before
    assert "lines added" in project.done("generate")
    after = (project.folder / SCHEMA).read_text()
    rest = iter(after.splitlines())
    assert all(line in rest for line in before.splitlines())
    assert "up to date" in project.done("generate", "--check")
    assert "up to date" in project.done("generate")
    assert (project.folder / SCHEMA).read_text() == after


def test_a_folder_is_found_by_a_computed_path(project: NpmProject) -> None:
    place = split(project, "prisma/models")
    project.replace(CONFIG, (LITERAL, 'schema: ["prisma", "models"].join("/")'))
    add_plugins(project, "twoFactor()")
    before = {file: file.read_bytes() for file in place.rglob("*.prisma")}
    assert f"model User: {TWO_FACTOR}" in project.refused("generate", "--check")
    project.done("generate")
    assert not (project.folder / SCHEMA).exists()
    changed = {file.name for file, text in before.items() if file.read_bytes() != text}
    assert changed == {"users.prisma"}
    users = (place / "auth" / "users.prisma").read_text()
    assert users.index("twoFactorEnabled") < users.index("model TwoFactor")
    assert "up to date" in project.done("generate", "--check")


def test_each_line_goes_into_the_file_of_its_model(project: NpmProject) -> None:
    place = split(project, "prisma/models")
    project.replace(CONFIG, (LITERAL, 'schema: "prisma/models"'))
    add_plugins(project, "admin()", "organization()")
    project.done("generate")
    others = (place / "auth" / "others.prisma").read_bytes()
    assert b"  activeOrganizationId String?\r\n" in others and b"impersonatedBy" in others
    assert others.count(b"\n") == others.count(b"\r\n")
    assert "banReason" in (place / "auth" / "users.prisma").read_text()
    assert (place / "zoo.prisma").read_text() == "model Animal {\n  id String @id\n}\n"
    assert "nothing to change" not in project.done("setup")
    assert "up to date" in project.done("setup", "--check")


def test_a_configuration_that_does_not_load_is_reported(project: NpmProject) -> None:
    project.replace(CONFIG, (LITERAL, "schema: folderThatIsNot"))
    before = (project.folder / SCHEMA).read_bytes()
    stderr = project.refused("generate")
    assert "The Prisma configuration cannot be read: " in stderr and "folderThatIsNot" in stderr
    assert (project.folder / SCHEMA).read_bytes() == before


def test_a_missing_schema_is_reported(project: NpmProject) -> None:
    project.replace(CONFIG, (LITERAL, 'schema: "prisma/moved.prisma"'))
    stderr = project.refused("generate")
    assert "names prisma/moved.prisma, which does not exist" in stderr


def test_a_schema_path_can_be_given(project: NpmProject) -> None:
    other = project.folder / "other.prisma"
    other.write_text((project.folder / SCHEMA).read_text())
    before = (project.folder / SCHEMA).read_bytes()
    add_plugins(project, "twoFactor()")
    project.done("generate", "--schema", "other.prisma", "--config", AUTH)
    assert "twoFactorEnabled" in other.read_text()
    assert (project.folder / SCHEMA).read_bytes() == before
    assert "There is no lib/none.ts." in project.refused("generate", "--config", "lib/none.ts")


def test_models_in_comments_are_ignored(project: NpmProject) -> None:
    text = (project.folder / SCHEMA).read_text()
    comment = "/* model TwoFactor {\n  id String @id\n} */\n// twoFactorEnabled Boolean?\n"
    (project.folder / SCHEMA).write_text(text + comment)
    add_plugins(project, "twoFactor()")
    project.done("generate")
    after = (project.folder / SCHEMA).read_text()
    assert comment in after
    assert "\nmodel TwoFactor {" in after and "\n  twoFactorEnabled " in after


def test_names_of_tables_and_indexes_are_kept(project: NpmProject) -> None:
    project.replace(
        SCHEMA,
        ('  @@map("session")\n', ""),
        ("@@index([identifier])", '@@index([identifier], map: "mine")'),
        ("  email         String   @unique\n", "  email         String\n  @@unique([email])\n"),
    )
    before = (project.folder / SCHEMA).read_bytes()
    assert "up to date" in project.done("generate", "--check")
    assert "up to date" in project.done("generate")
    assert (project.folder / SCHEMA).read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("emailVerified Boolean", "emailVerified DateTime?", "User.emailVerified is DateTime, but"),
        ("image         String?", "image         String", "User.image is required, but"),
        (
            "name          String\n",
            'fullName      String @map("name")\n',
            "User.fullName looks like name under another name: configure it in src/lib/auth.ts",
        ),
        (
            "image         String?",
            "image         String?\n  taxNumber String",
            "User.taxNumber is required, and better-auth does not fill it",
        ),
        (
            "id            String   @id",
            "id            Int      @id @default(autoincrement())",
            "User.id is a number, but better-auth makes other ids: set advanced: { database: "
            '{ generateId: "serial" } }',
        ),
    ],
)
def test_setup_and_generate_report_what_they_cannot_add(
    project: NpmProject, old: str, new: str, sentence: str
) -> None:
    text = (project.folder / SCHEMA).read_text()
    (project.folder / SCHEMA).write_text(text.replace(old, new, 1))
    assert (project.folder / SCHEMA).read_text() != text
    add_plugins(project, "twoFactor()")
    before = (project.folder / SCHEMA).read_bytes()
    assert sentence in project.refused("generate")
    assert (project.folder / SCHEMA).read_bytes() == before


def test_check_and_diff_report_what_generate_cannot_add(project: NpmProject) -> None:
    project.replace(SCHEMA, ("emailVerified Boolean", "emailVerified DateTime?"))
    for option in ("--check", "--diff"):
        stderr = project.refused("generate", option)
        assert "User.emailVerified is DateTime, but" in stderr


@pytest.mark.parametrize(
    ("strategy", "refusal", "line"),
    [
        ('"serial"', "User.id is String, but better-auth writes Int", "@id @default(autoincr"),
        ("false", "User.id has no default, but src/lib/auth.ts leaves ids", "@id @default(cuid())"),
    ],
)
def test_database_generated_ids_are_written_to_the_schema(
    project: NpmProject, strategy: str, refusal: str, line: str
) -> None:
    advanced = f"  advanced: {{\n    database: {{ generateId: {strategy} }},"
    project.replace(AUTH, ("  advanced: {", advanced))
    stderr = project.refused("generate", "--check")
    assert refusal in stderr and stderr.count(".id ") == 1
    text = (project.folder / SCHEMA).read_text()
    (project.folder / SCHEMA).write_text(text[: text.index("model User")])
    project.done("generate")
    assert (project.folder / SCHEMA).read_text().count(line) == 4


def test_a_field_may_refer_to_a_table_of_the_application(project: NpmProject) -> None:
    field = '{ type: "string", required: false, references: { model: "plan", field: "id" } }'
    own = f"  user: {{ additionalFields: {{ planId: {field} }} }},\n  emailAndPassword:"
    project.replace(AUTH, ("  emailAndPassword:", own))
    project.done("generate")
    assert "\n  planId String?\n" in (project.folder / SCHEMA).read_text()
    assert "up to date" in project.done("generate", "--check")


def test_another_provider_than_the_datasource_is_refused(project: NpmProject) -> None:
    project.replace(AUTH, ('provider: "sqlite"', 'provider: "mysql"'))
    for options in ([], ["--check"]):
        stderr = project.refused("generate", *options)
        assert 'datasource is sqlite, but prismaAdapter(…) has provider: "mysql"' in stderr


def test_a_plugin_that_is_listed_twice_is_reported(project: NpmProject) -> None:
    add_plugins(project, "twoFactor()", "twoFactor()")
    assert "The plugin two-factor is twice in src/lib/auth.ts." in project.refused("generate")


MISTAKES = {
    "nameThatIsNot": "src/lib/auth.ts: ReferenceError: nameThatIsNot is not defined.",
    "thrown('a\\n  b', new Error('c', { cause: new Error('d') }))": (
        "src/lib/auth.ts:\n      Error: a\n        b\n"
        "        [cause]: Error: c\n          [cause]: Error: d."
    ),
    "thrown({ code: 7 })": "src/lib/auth.ts: { code: 7 }.",
    "process.exit(3)": "src/lib/auth.ts ended the process (status 3) before it was loaded.",
}
THROWN = """
function thrown(words: unknown, cause?: Error): string {
  throw typeof words === "string" ? new Error(words, { cause }) : words;
}
"""


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_error_of_a_broken_configuration_is_shown(project: NpmProject, mistake: str) -> None:
    project.replace(AUTH, ("  appName:", f"  appName: {mistake} ??"))
    file = project.folder / AUTH
    file.write_text(file.read_text() + THROWN)
    assert f"`auth generate` failed: {MISTAKES[mistake]}\n" in project.refused("generate")


def test_a_temporary_folder_that_is_not_there_does_no_harm(project: NpmProject) -> None:
    add_plugins(project, "twoFactor()")
    assert "added" in project.done("generate", TMPDIR=str(project.folder / "gone"))
