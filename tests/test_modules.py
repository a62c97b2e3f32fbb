"""Shared helpers are in modules without tests."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.template import REPOSITORY

FOLDERS = ("benchmarks", "hooks", "tests")


def imports(file: Path) -> list[tuple[str, str]]:
    """The modules that a file imports names from, with the names."""
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    found = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    return [(node.module or "", alias.name) for node in found for alias in node.names]


def test_nothing_is_imported_from_a_module_of_tests() -> None:
    files = [file for folder in FOLDERS for file in (REPOSITORY / folder).rglob("*.py")]
    found = {file: imports(file) for file in files}
    assert ("tests.template", "REPOSITORY") in found[Path(__file__).resolve()]
    wrong = [
        f"{file.relative_to(REPOSITORY)} imports {name} from {module}"
        for file, names in found.items()
        for module, name in names
        if module.startswith("tests.") and module.rpartition(".")[2].startswith("test_")
    ]
    assert wrong == []
