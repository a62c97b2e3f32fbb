"""better-auth-pages as a package: types and format."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.project.typescript import run_node
from tests.project.typescript_sources import install_packages
from tests.template import REPOSITORY

SHARED = REPOSITORY / "template/shared/better-auth-pages"
#: The file that `python -m hooks.browser_client` writes.
BUNDLED = {"client.js", "LICENSES.txt"}
STYLE = REPOSITORY / "template/typescript/.prettierrc.json"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("better-auth-pages")
    for source in SHARED.iterdir():
        if source.name not in BUNDLED:
            (folder / source.name).write_text(source.read_text())
    # The bundle itself is not typed.
    (folder / "client.d.ts").write_text("export const encodeQr: any;\n")
    (folder / "node_modules").symlink_to(install_packages())
    return folder


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
        "files": ["index.mjs", "failures.js", "forms.js"],
    }
    (package / "tsconfig.json").write_text(json.dumps(config))
    assert run_node(package, "node_modules/typescript/bin/tsc", "--project", ".") == ""
    (package / "tsconfig.json").unlink()


def test_it_is_formatted(package: Path) -> None:
    prettier = "node_modules/prettier/bin/prettier.cjs"
    names = sorted(path.name for path in SHARED.iterdir() if path.name not in BUNDLED)
    run_node(package, prettier, "--config", str(STYLE), "--check", *names)
