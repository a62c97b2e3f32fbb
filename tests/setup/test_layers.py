"""The modules of a package import each other in one direction only."""

from __future__ import annotations

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path
from types import ModuleType

import better_auth_setup
import better_auth_sidecar
import pytest

from tests.setup.npm_project import PACKAGE


def imports(path: Path, modules: set[str]) -> set[str]:
    """The package's modules that a module imports, also within functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{one.name}" for one in node.names]
            found |= {name if name in modules else node.module for name in names}
        elif isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
    return found & modules


@pytest.mark.parametrize("package", [better_auth_setup, better_auth_sidecar])
def test_there_are_no_import_cycles(package: ModuleType) -> None:
    assert package.__file__
    folder, name = Path(package.__file__).parent, package.__name__
    paths = {
        ".".join(path.relative_to(folder.parent).with_suffix("").parts).removesuffix(
            ".__init__"
        ): path
        for path in folder.rglob("*.py")
    }
    graph = {one: imports(path, set(paths)) - {name} - {one} for one, path in paths.items()}
    order = list(TopologicalSorter(graph).static_order())
    assert {*order} == {*paths}


def test_there_are_no_import_cycles_in_typescript() -> None:
    paths = list((PACKAGE / "src").glob("*.ts"))
    found = {path.name: re.findall(r'from "\./([\w-]+\.ts)"', path.read_text()) for path in paths}
    order = list(TopologicalSorter(found).static_order())
    assert order.index("report.ts") < order.index("setup.ts") < order.index("cli.ts")
