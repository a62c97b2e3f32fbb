"""``python -m better_auth_setup generate``: what it says, writes and leaves alone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.generate.command import Project

pytestmark = pytest.mark.e2e

TWO_FACTOR = "plugins_ext.TwoFactorPlugin()"
ADMIN = "plugins_ext.AdminPlugin()"


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


def test_a_plugin_is_checked_for_then_shown_then_added(project: Project) -> None:
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

    # What --diff shows is a patch.
    project.schema.write_bytes(before)
    patch = ["git", "apply", "-"]
    subprocess.run(patch, cwd=project.folder, input=shown.stdout, text=True, check=True)
    assert project.schema.read_bytes() == after


def test_neither_sqlalchemy_nor_a_driver_is_imported(project: Project) -> None:
    without = "import sys; sys.modules.update(sqlalchemy=None, asyncpg=None)"
    assert project.generate(python=without).returncode == 0


def test_a_configuration_may_use_its_engine(project: Project) -> None:
    lines = "from sqlalchemy import event\n\nevent.listen(engine.sync_engine, 'connect', print)\n"
    project.configure("\nauth = ", f"\n{lines}\nauth = ")
    assert project.generate("--check").returncode == 0


def test_names_that_the_adapter_was_told_are_looked_for(project: Project) -> None:
    text = project.schema.read_text().replace('@@map("user")', '@@map("people")')
    project.schema.write_text(text)
    said = project.generate("--check").stdout
    assert (
        'Tell the adapter how the database names things: prisma_adapter(…, tables={"user"' in said
    )
    project.configure('provider="postgresql"', 'provider="postgresql", tables={"user": "people"}')
    assert "Tell the adapter" not in project.generate("--check").stdout


@pytest.mark.parametrize("named", [[], ["--schema", "prisma/schema"]])
def test_each_file_of_a_folder_gets_its_own(project: Project, named: list[str]) -> None:
    folder = folder_of_files(project)
    config = project.folder / "prisma.config.ts"
    config.write_text(config.read_text().replace("prisma/schema.prisma", "prisma/schema"))
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
    # The first file is small enough for this limit, the second one is not.
    small = "import resource as r; r.setrlimit(r.RLIMIT_FSIZE, (20000, 20000))"
    result = project.generate("--schema", folder, python=small)
    assert result.returncode == 2
    assert "The schema cannot be written: " in result.stderr
    assert {file: file.read_bytes() for file in folder.iterdir()} == before


def test_a_file_that_cannot_be_replaced_has_the_earlier_ones_put_back(project: Project) -> None:
    folder = folder_of_files(project)
    main, rest = folder / "main.prisma", folder / "rest.prisma"
    before = main.read_bytes()
    project.use(ADMIN)
    # As soon as the first file is replaced, somebody has a folder of the second one's name.
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


def test_a_problem_anywhere_leaves_all_files_alone(project: Project) -> None:
    folder = folder_of_files(project)
    rest = folder / "rest.prisma"
    rest.write_text(rest.read_text().replace("expiresAt DateTime", "expiresAt Int     ", 1))
    before = {file: file.read_bytes() for file in folder.iterdir()}
    project.use(ADMIN)
    result = project.generate("--schema", folder)
    assert result.returncode == 1
    assert "Session.expiresAt is Int, but better-auth writes DateTime" in result.stderr
    assert f"{folder} is left as it is." in result.stderr
    assert {file: file.read_bytes() for file in folder.iterdir()} == before


def test_permissions_and_links_stay(project: Project) -> None:
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
    'datasource db {\n  provider = "mongodb"\n}\n': "'mongodb', which generate does not know.",
}


@pytest.mark.parametrize("text", SCHEMAS)
def test_a_schema_that_is_none_is_refused(project: Project, text: str) -> None:
    project.schema.write_text(text)
    result = project.generate()
    assert result.returncode == 2
    assert SCHEMAS[text] in result.stderr
    assert project.schema.read_text() == text


def test_a_wrong_path_is_said(project: Project) -> None:
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
    project.schema.write_bytes(b"// caf\xe9\n")
    other = project.generate()
    assert other.returncode == 2
    assert "prisma/schema.prisma cannot be read: 'utf-8' codec" in other.stderr


MISTAKES = {
    "plugins=[plugins_ext.NoSuchPlugin()],": "AttributeError: NoSuchPlugin (",
    "plugins=": "SyntaxError: invalid syntax (",
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_configuration_that_fails_is_named_with_its_line(project: Project, mistake: str) -> None:
    project.use(TWO_FACTOR)
    project.configure(f"plugins=[\n        {TWO_FACTOR},],", mistake)
    result = project.generate()
    assert result.returncode == 2
    assert "app.auth:auth cannot be imported: " in result.stderr
    assert MISTAKES[mistake] in result.stderr
    assert f"{project.folder}/src/app/auth.py, line " in result.stderr


def test_auth_must_be_one(project: Project) -> None:
    file = project.folder / "src" / "app" / "auth.py"
    file.write_text("auth = 'better'\n")
    result = project.generate()
    assert (result.returncode, result.stderr) == (
        2,
        "app.auth:auth is a str; it must be a BetterAuth.\n",
    )
    for metadata in (project.folder / "src").glob("*.dist-info/entry_points.txt"):
        metadata.unlink()
    result = project.generate()
    assert (result.returncode, result.stderr) == (
        2,
        "The project is not installed. Run: python3 scripts/setup.py\n",
    )


def test_a_reader_who_has_seen_enough_gets_no_traceback(project: Project) -> None:
    project.use(ADMIN)
    nobody_reads = "import os; r, w = os.pipe(); os.close(r); os.dup2(w, 1)"
    result = project.generate("--diff", python=nobody_reads)
    assert result.returncode == 1
    assert "BrokenPipeError" not in result.stderr
