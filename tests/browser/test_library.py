"""better-auth-pages as a package: types, format, and identical copies in both stacks."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.project.typescript import run_node
from tests.project.typescript_sources import install_packages
from tests.template import REPOSITORY

SHARED = REPOSITORY / "template/shared/better-auth-pages"
STYLE = REPOSITORY / "template/typescript/.prettierrc.json"
#: The package in both stacks.
PACKAGES = sorted(REPOSITORY.glob("template/*/packages/better-auth-pages"))


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("better-auth-pages")
    for source in SHARED.iterdir():
        (folder / source.name).write_text(source.read_text())
    # The bundle itself is not typed.
    (folder / "client.d.ts").write_text("export const encodeQr: any;\n")
    (folder / "node_modules").symlink_to(install_packages())
    return folder


def test_it_is_the_same_text_in_every_project() -> None:
    assert len(PACKAGES) == 2
    for package in PACKAGES:
        stubs = {path.name.removesuffix(".jinja"): path for path in package.glob("*.jinja")}
        assert set(stubs) == {path.name for path in SHARED.iterdir()}
        for name, stub in stubs.items():
            include = f'{{% include "template/shared/better-auth-pages/{name}" %}}'
            assert stub.read_text() == include
            assert not re.search("{[{%#]", (SHARED / name).read_text()), "Jinja would read it"


def test_it_is_typed(package: Path) -> None:
    config = {
        "compilerOptions": {
            "allowJs": True,
            "checkJs": True,
            "lib": ["ES2024", "DOM", "DOM.Iterable"],
            "module": "NodeNext",
            "noEmit": True,
            "noUncheckedIndexedAccess": True,
            "strict": True,
            "types": ["node"],
        },
        "files": ["index.mjs", "forms.js"],
    }
    (package / "tsconfig.json").write_text(json.dumps(config))
    assert run_node(package, "node_modules/typescript/bin/tsc", "--project", ".") == ""
    (package / "tsconfig.json").unlink()


def test_it_is_formatted(package: Path) -> None:
    prettier = "node_modules/prettier/bin/prettier.cjs"
    names = sorted(path.name for path in SHARED.iterdir())
    run_node(package, prettier, "--config", str(STYLE), "--check", *names)
