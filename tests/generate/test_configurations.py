"""Schema and migrations are those of Prisma's configuration, however written, in both stacks."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from better_auth_setup.generate.files import configured_paths
from better_auth_setup.problem import Problem

from tests.generate.configurations import FORMS, PARTS
from tests.project.typescript_sources import install_packages
from tests.setup.npm_project import NODE_FILE, PACKAGE
from tests.waiting import TIMEOUT

pytestmark = pytest.mark.e2e


def of_python(folder: Path) -> str:
    """The paths of schema and migrations, or the sentence of the refusal."""
    try:
        return " ".join(path.as_posix() for path in configured_paths(folder))
    except Problem as problem:
        return str(problem)


def of_typescript(folder: Path) -> str:
    """The same by the npm package."""
    code = (
        f'import {{ locate, migrationsPath, schemaPath }} from "{PACKAGE / "src" / "schema.ts"}";\n'
        "try {\n  await locate();\n  console.log(schemaPath(), migrationsPath());\n"
        "} catch (problem) {\n  console.log(problem.message);\n}\n"
    )
    command = [NODE_FILE, "--input-type=module", "--eval", code]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


@pytest.mark.parametrize("read", [of_python, of_typescript])
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if form.is_usual else pytest.mark.exhaustive)
        for name, form in FORMS.items()
    ],
)
def test_schema_and_migrations_are_found_or_refused_by_name(
    name: str, read: Callable[[Path], str], tmp_path: Path
) -> None:
    form = FORMS[name]
    form.write(tmp_path)
    (tmp_path / "node_modules").symlink_to(install_packages())
    found = read(tmp_path)
    if form.refusal:
        assert form.refusal in found
    else:
        assert found == f"{PARTS} {form.migrations}"
