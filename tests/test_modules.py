"""Shared helpers are in modules without tests, and not in `conftest.py`."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.template import REPOSITORY

FOLDERS = ("benchmarks", "hooks", "tests")


def imports(file: Path) -> list[tuple[str, str]]:
    """The modules that a file imports, with the name that it imports from each, if any."""
    found: list[tuple[str, str]] = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            found += [(node.module or "", alias.name) for alias in node.names]
        elif isinstance(node, ast.Import):
            found += [(alias.name, "") for alias in node.names]
    return found


def is_of_tests(module: str, name: str) -> bool:
    """Whether an import takes a test, a module of tests or what pytest alone loads."""
    parts = [*module.split("."), name]
    return parts[0] == "tests" and any(
        part == "conftest" or part.startswith("test_") for part in parts
    )


@pytest.mark.parametrize(
    ("line", "is_wrong"),
    [
        ("from tests.project.test_app import on_sqlite", True),
        ("from tests.project.typescript_flows import test_two_factor", True),
        ("from tests.helpers import test_sign_in", True),
        ("import tests.project.test_app", True),
        ("from tests.update.conftest import plain_git", True),
        ("from tests.update import conftest", True),
        ("from tests.totp import totp", False),
        ("from fastapi import test_client", False),
    ],
)
def test_the_check_knows_every_form(line: str, is_wrong: bool, tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text(line)
    [found] = imports(file)
    assert is_of_tests(*found) is is_wrong


def test_nothing_is_imported_from_a_module_of_tests() -> None:
    files = [file for folder in FOLDERS for file in (REPOSITORY / folder).rglob("*.py")]
    found = {file: imports(file) for file in files}
    assert ("tests.template", "REPOSITORY") in found[Path(__file__).resolve()]
    wrong = [
        f"{file.relative_to(REPOSITORY)} imports {name or 'all'} from {module}"
        for file, names in found.items()
        for module, name in names
        if is_of_tests(module, name)
    ]
    assert wrong == []
