"""The package's modules import each other in one direction only."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import better_auth_setup

PACKAGE = Path(better_auth_setup.__file__).parent


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


def test_there_are_no_import_cycles() -> None:
    paths = {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(
            ".__init__"
        ): path
        for path in PACKAGE.rglob("*.py")
    }
    graph = {
        name: imports(path, set(paths)) - {PACKAGE.name} - {name} for name, path in paths.items()
    }
    order = list(TopologicalSorter(graph).static_order())
    assert order.index(f"{PACKAGE.name}.problem") < order.index(f"{PACKAGE.name}.cli")
