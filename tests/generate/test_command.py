"""``better-auth-setup generate``: output, written files, and files left alone."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.generate.command import Project
from tests.generate.configurations import ENCODINGS
from tests.project.typescript_sources import install_packages

pytestmark = pytest.mark.e2e

TWO_FACTOR = "twoFactor"
ADMIN = "admin"


def folder_of_files(project: Project) -> Path:
    """The schema as a folder: the datasource and User in one file, the rest in another."""
    text = project.schema.read_text()
    rest = text.index("model Session")
    folder = project.schema.with_name("schema")
    folder.mkdir()
    (folder / "main.prisma").write_text(text[:rest])
    (folder / "rest.prisma").write_text(text[rest:])
    project.schema.unlink()
    return folder


def test_a_fresh_project_needs_no_secret_and_no_database(project: Project) -> None:
    before = project.schema.read_bytes()
    for options in ([], ["--check"], ["--diff"]):
        result = project.generate(*options)
        assert result.returncode == 0
        assert "prisma/schema.prisma is up to date" in result.stdout + result.stderr
    assert project.schema.read_bytes() == before


def test_packages_are_es_modules_where_the_name_of_the_folder_looks_like_part_of_a_url(
    rendered: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "app #1%20"
    shutil.copytree(rendered, folder, ignore=shutil.ignore_patterns("node_modules"))
    package = folder / "node_modules" / "own-package"
    package.mkdir(parents=True)
    for entry in install_packages().iterdir():
        (package.parent / entry.name).symlink_to(entry)
    (package / "package.json").write_text('{ "name": "own-package", "exports": "./index.mjs" }')
    (package / "index.mjs").write_text(
        'if (typeof require !== "undefined") throw new Error("loaded as CommonJS");\n'
    )
    project = Project(folder)
    project.configure("\n/** The auth", 'import "own-package";\n\n/** The auth')
    result = project.generate("--check")
    assert result.returncode == 0, result.stdout + result.stderr


def test_check_diff_and_write_agree_about_a_new_plugin(project: Project) -> None:
    project.use(ADMIN)
    before = project.schema.read_bytes()
    checked = project.generate("--check")
    assert checked.returncode == 1
    assert "+ model User: role, banned, banReason, banExpires" in checked.stdout
    shown = project.generate("--diff")
    assert shown.returncode == 0
    assert project.schema.read_bytes() == before
    added = project.generate()
    assert added.returncode == 0
    assert "prisma/schema.prisma: 5 lines in existing models added" in added.stdout
    after = project.schema.read_bytes()
    assert b"  banExpires DateTime?\n" in after
    assert project.generate("--check").returncode == 0

    # The output of --diff is a patch.
    project.schema.write_bytes(before)
    patch = ["git", "apply", "-"]
    subprocess.run(patch, cwd=project.folder, input=shown.stdout, text=True, check=True)
    assert project.schema.read_bytes() == after


#: Places, and the options that name them. All other tests have it in src/lib.
PLACES = {
    "auth/auth.ts": [],
    "lib/server/auth.ts": [],
    "app/utils/auth/index.ts": [],
    "somewhere/else.ts": ["--config", "somewhere/else.ts"],
}


@pytest.mark.parametrize("place", PLACES)
def test_auth_ts_is_found_in_usual_places(project: Project, place: str) -> None:
    project.use(ADMIN)
    lib, file = project.folder / "src" / "lib", project.folder / place
    file.parent.mkdir(parents=True, exist_ok=True)
    for one in list(lib.iterdir()):
        moved = one.rename(file if one.name == "auth.ts" else file.with_name(one.name))
        # Editors update relative imports when a file moves.
        packages = os.path.relpath(project.folder / "packages", file.parent)
        moved.write_text(moved.read_text().replace("../../packages", packages))
    result = project.generate(*PLACES[place])
    assert result.returncode == 0, result.stderr
    assert "banExpires" in project.schema.read_text()


def test_a_missing_auth_ts_is_reported(project: Project) -> None:
    (project.folder / "src" / "lib" / "auth.ts").rename(project.folder / "src" / "better.ts")
    result = project.generate()
    assert result.returncode == 2
    assert result.stderr == (
        "No auth configuration was found in the usual places, such as auth/auth.ts and "
        "src/lib/auth.ts. Name yours with --config.\n"
    )
    result = project.generate("--config", "nowhere.ts")
    assert (result.returncode, result.stderr) == (
        2,
        "There is no nowhere.ts. Name your auth configuration with --config.\n",
    )


def test_auth_ts_may_be_written_for_a_bundler(project: Project) -> None:
    """Uses aliases, imports without extensions, type imports, JSX, and virtual modules."""
    (project.folder / "tsconfig.json").write_text(
        '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } } // JSON with comments'
    )
    (project.folder / "src" / "lib" / "welcome.tsx").write_text(
        'enum Kind { Welcome }\nexport const mail = () => <p className="x">{Kind.Welcome}</p>;\n'
    )
    client = "../generated/prisma/client.ts"
    project.change("src/lib/prisma.ts", client, "@/generated/prisma/client")
    project.change("src/lib/prisma.ts", "PrismaClient }", "PrismaClient, Role, type User, Prisma }")
    project.change(
        "src/lib/prisma.ts",
        "new PrismaClient({ adapter })",
        "new PrismaClient({ adapter }).$extends({})",
    )
    project.use(ADMIN)
    project.configure(
        "\n/** The auth",
        """
import "server-only";
import "./style.css";
import { mail } from "@/lib/welcome";
import { SECRET } from "$env/static/private";
import { Session, User } from "better-auth";

export const kept: (User | Session | Role)[] = [mail(), SECRET] as never;

/** The auth""",
    )
    project.configure('from "./prisma.ts"', 'from "@/lib/prisma"')
    result = project.generate()
    assert result.returncode == 0, result.stderr
    assert "banExpires" in project.schema.read_text()


def test_a_configuration_may_log_and_await(project: Project) -> None:
    project.configure(
        "\n/** The auth",
        """
console.log("starting");
process.stdout.write("starting");
await prisma.user.findMany();
setInterval(() => {}, 1000);

/** The auth""",
    )
    assert project.generate("--check").returncode == 0


def test_auth_ts_reads_the_environment_and_env_files(project: Project) -> None:
    """The first non-empty value of the environment, .env.local and .env is used."""
    (project.folder / ".env.local").write_text("FIRST=\nSECOND=local\n")
    (project.folder / ".env").write_text("FIRST=env\nSECOND=env\nTHIRD=env\n")
    message = "${process.env.FIRST} ${process.env.SECOND} ${process.env.THIRD}"
    project.configure("\n/** The auth", f"\nthrow new Error(`{message}`);\n\n/** The auth")
    assert "env local process\n" in project.generate(FIRST="", THIRD="process").stderr


def test_a_plugin_listed_twice_is_reported(project: Project) -> None:
    project.use(ADMIN)
    project.configure("admin(),", "admin(),\n    admin(),")
    result = project.generate()
    assert (result.returncode, result.stderr) == (
        2,
        "The auth configuration has admin twice among its plugins: keep one of each.\n",
    )


def test_a_provider_that_differs_from_the_schema_is_reported(project: Project) -> None:
    project.configure('provider: "postgresql"', 'provider: "mysql"')
    result = project.generate()
    assert result.returncode == 2
    assert "The schema's datasource is postgresql, but prismaAdapter(…) has" in result.stderr


SCHEMAS_OF_CONFIG = {
    'schema: path.join("prisma", "parts")': "prisma/parts",
    'schema: process.env.SCHEMA ?? "prisma/parts/main.prisma"': "prisma/parts/main.prisma",
}


@pytest.mark.parametrize("written", SCHEMAS_OF_CONFIG)
def test_the_schema_path_comes_from_prisma_config(project: Project, written: str) -> None:
    """Other files are not changed."""
    parts = project.folder / "prisma" / "parts"
    parts.mkdir()
    (parts / "main.prisma").write_text(project.schema.read_text())
    before = project.schema.read_bytes()
    (project.folder / "prisma.config.ts").write_text(
        'import "dotenv/config";\nimport path from "node:path";\n'
        'import { defineConfig, env } from "prisma/config";\n'
        'const folder = path.join("prisma", "parts");\nconst schema = folder;\n'
        f"export default defineConfig({{\n  {written},\n"
        '  datasource: { url: env("DATABASE_URL") },\n});\n'
    )
    project.use(ADMIN)
    result = project.generate()
    assert result.returncode == 0, result.stderr
    assert f"{SCHEMAS_OF_CONFIG[written]}: 5 lines in existing models added" in result.stdout
    assert project.schema.read_bytes() == before


def test_a_prisma_config_that_fails_is_named(project: Project) -> None:
    before = project.schema.read_bytes()
    (project.folder / "prisma.config.ts").write_text(
        'import { where } from "./where.ts";\nexport default { schema: where() };\n'
    )
    # The second time, what jiti compiled is cached.
    for _ in range(2):
        result = project.generate()
        assert result.returncode == 2
        assert result.stderr.startswith("prisma.config.ts:1:")
        assert "Cannot find module './where.ts'" in result.stderr
    assert project.schema.read_bytes() == before


@pytest.mark.parametrize("named", [[], ["--schema", "prisma/schema"]])
def test_each_file_of_a_schema_folder_gets_its_additions(
    project: Project, named: list[str]
) -> None:
    folder = folder_of_files(project)
    project.change("prisma.config.ts", "prisma/schema.prisma", "prisma/schema")
    project.use(ADMIN)
    assert project.generate(*named).returncode == 0
    assert "banExpires" in (folder / "main.prisma").read_text()
    assert "impersonatedBy" in (folder / "rest.prisma").read_text()
    assert project.generate("--check", *named).returncode == 0


def test_all_files_of_a_folder_are_written_or_none(project: Project) -> None:
    folder = folder_of_files(project)
    rest = folder / "rest.prisma"
    rest.write_text(rest.read_text() + "// a long comment\n" * 4000)
    before = {file: file.read_bytes() for file in folder.iterdir()}
    project.use(ADMIN)
    # Only the first file is within this size limit.
    small = "import resource as r; r.setrlimit(r.RLIMIT_FSIZE, (20000, 20000))"
    result = project.generate("--schema", folder, python=small)
    assert result.returncode == 2
    assert "The schema cannot be written: " in result.stderr
    assert {file: file.read_bytes() for file in folder.iterdir()} == before


def test_a_failed_write_restores_the_files_written_before(project: Project) -> None:
    folder = folder_of_files(project)
    main, rest = folder / "main.prisma", folder / "rest.prisma"
    before = main.read_bytes()
    project.use(ADMIN)
    # Creates a folder of the second file's name once the first file is replaced.
    lost = f"""if True:
        import os, sys
        def lose(event, arguments):
            replaced = event == "os.rename" and str(arguments[1])
            if replaced == {str(main)!r} and os.path.isfile({str(rest)!r}):
                os.remove({str(rest)!r})
                os.mkdir({str(rest)!r})
        sys.addaudithook(lose)
    """
    result = project.generate("--schema", folder, python=lost)
    assert result.returncode == 2
    assert "The schema cannot be written: " in result.stderr
    assert main.read_bytes() == before
    assert sorted(file.name for file in folder.iterdir()) == ["main.prisma", "rest.prisma"]


def test_a_problem_in_one_file_changes_no_file(project: Project) -> None:
    folder = folder_of_files(project)
    rest = folder / "rest.prisma"
    rest.write_text(rest.read_text().replace("expiresAt DateTime", "expiresAt Int     ", 1))
    before = {file: file.read_bytes() for file in folder.iterdir()}
    project.use(ADMIN)
    result = project.generate("--schema", folder)
    assert result.returncode == 1
    assert "Session.expiresAt is Int, but better-auth writes DateTime" in result.stderr
    assert f"{folder} is left as it is." in result.stderr
    assert result.stdout == "", "nothing is listed as added"
    assert {file: file.read_bytes() for file in folder.iterdir()} == before


def test_file_modes_and_links_are_kept(project: Project) -> None:
    elsewhere = project.folder / "elsewhere.prisma"
    project.schema.rename(elsewhere)
    project.schema.symlink_to(elsewhere)
    elsewhere.chmod(0o640)
    project.use(TWO_FACTOR)
    assert project.generate().returncode == 0
    assert project.schema.is_symlink()
    assert "model TwoFactor {" in elsewhere.read_text()
    assert elsewhere.stat().st_mode & 0o777 == 0o640
    assert sorted(file.name for file in project.schema.parent.glob("*.prisma*")) == [
        "schema.prisma"
    ]


SCHEMAS = {
    "model User {\n  id String @id\n}\n": "The schema has no datasource with a provider.",
    'datasource db {\n  provider = "mongodb"\n}\n': "'mongodb', which is not supported.",
}


@pytest.mark.parametrize("text", SCHEMAS)
def test_an_invalid_schema_is_refused(project: Project, text: str) -> None:
    project.schema.write_text(text)
    result = project.generate()
    assert result.returncode == 2
    assert SCHEMAS[text] in result.stderr
    assert project.schema.read_text() == text


def test_a_wrong_path_is_reported(project: Project) -> None:
    (project.folder / "empty").mkdir()
    nowhere = project.generate("--schema", "nowhere.prisma")
    assert (nowhere.returncode, nowhere.stderr) == (
        2,
        "There is no nowhere.prisma. Name your schema, or its folder, with --schema.\n",
    )
    empty = project.generate("--schema", "empty")
    assert (empty.returncode, empty.stderr) == (
        2,
        "There is no Prisma file in empty. Name your schema with --schema.\n",
    )


@pytest.mark.parametrize(("encoding", "remedy"), ENCODINGS)
def test_an_encoding_that_prisma_does_not_take_is_reported(
    project: Project, encoding: str, remedy: str
) -> None:
    schema = project.schema.read_text().encode(encoding)
    project.schema.write_bytes(schema)
    result = project.generate()
    assert (result.returncode, result.stderr) == (2, f"Save prisma/schema.prisma {remedy}.\n")
    assert project.schema.read_bytes() == schema


MISTAKES = {
    "telemetry: { enabled: oops }": "ReferenceError: oops is not defined\n",
    "telemetry: { enabled: ": "Unexpected token",
    "telemetry: { enabled: (() => { throw new Error('a\\nb') })() }": "Error: a\nb\n",
    "telemetry: { enabled: (() => { throw new Error('a', { cause: new Error('b') }) })() }": (
        "Error: a\n[cause]: Error: b\n"
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_failing_configuration_is_reported_with_its_line(project: Project, mistake: str) -> None:
    project.configure("telemetry: { enabled: false }", mistake)
    line = (project.folder / "src/lib/auth.ts").read_text()[:-1].split(mistake)[0].count("\n") + 1
    result = project.generate()
    assert result.returncode == 2
    assert result.stderr.startswith(f"src/lib/auth.ts:{line}:")
    assert MISTAKES[mistake] in result.stderr


def test_a_password_is_not_printed(project: Project) -> None:
    project.configure(
        "\n/** The auth",
        "\nthrow new Error(`Bad URL: ${process.env.DATABASE_URL}`);\n\n/** The auth",
    )
    stderr = project.generate(DATABASE_URL="postgresql://me:hush@db/app").stderr
    assert "Bad URL: postgresql://me:***@db/app\n" in stderr


def test_a_folder_may_have_any_name(project: Project) -> None:
    folder = project.folder.rename(project.folder.with_name("a $(b) 'ü' (c)"))
    moved = Project(folder)
    moved.use(ADMIN)
    assert moved.generate().returncode == 0
    assert "banExpires" in moved.schema.read_text()
    moved.configure("telemetry: { enabled: false }", "telemetry: { enabled: oops }")
    assert moved.generate().stderr.startswith("src/lib/auth.ts:")


def test_auth_ts_must_export_one_auth(project: Project) -> None:
    (project.folder / "src" / "lib" / "auth.ts").write_text("export const auth = 'better';\n")
    result = project.generate()
    assert (result.returncode, result.stderr) == (
        2,
        "src/lib/auth.ts exports no better-auth configuration: export it as `auth`, or name "
        "another file with --config.\n",
    )
    (project.folder / "node_modules").unlink()
    result = project.generate()
    assert (result.returncode, result.stderr) == (
        2,
        "better-auth is not installed in this project. Install its npm packages first.\n",
    )


def test_a_closed_pipe_causes_no_traceback(project: Project) -> None:
    project.use(ADMIN)
    nobody_reads = "import os; r, w = os.pipe(); os.close(r); os.dup2(w, 1)"
    result = project.generate("--diff", python=nobody_reads)
    assert result.returncode == 1
    assert "BrokenPipeError" not in result.stderr
