"""better-auth-setup as an npm package: types, format, independence, publishing."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from hooks.node import NODE, NPM, environment
from tests.project.typescript_sources import install_packages
from tests.setup.npm_project import PACKAGE, TREE
from tests.some import some
from tests.template import REPOSITORY
from tests.template import environment as jinja

NODE_FILE = str(NODE / "bin" / "node")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package alone, as in a repository of its own."""
    folder = tmp_path_factory.mktemp("package")
    shutil.copytree(PACKAGE, folder, dirs_exist_ok=True)
    for template in folder.rglob("*.jinja"):
        name = (TREE / "packages" / "better-auth-setup" / template.relative_to(folder)).as_posix()
        text = jinja().get_template(name).render(provider="postgresql")
        template.with_suffix("").write_text(text)
        template.unlink()
    (folder / "node_modules").symlink_to(install_packages())
    return folder


def run(folder: Path, *command: str) -> str:
    path = f"{install_packages() / '.bin'}:{environment()['PATH']}"
    done = subprocess.run(
        [NODE_FILE, *command],
        cwd=folder,
        env=environment(PATH=path),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_package_is_identical_in_every_project() -> None:
    templates = [*PACKAGE.glob("*.jinja"), *(PACKAGE / "src").glob("*.jinja")]
    # An unrelated file of the template.
    assert all(re.fullmatch(r'{% include "[^"]+" %}', path.read_text()) for path in some(templates))


def test_it_is_typed(package: Path) -> None:
    run(package, "node_modules/typescript/bin/tsc", "--noEmit")


def test_it_is_formatted(package: Path) -> None:
    style = str(REPOSITORY / TREE / ".prettierrc.json")
    files = ["src", "bin.cjs", "check-node.cjs", "package.json", "tsconfig.json", "README.md"]
    prettier = "node_modules/prettier/bin/prettier.cjs"
    run(package, prettier, "--config", style, "--check", *files)


def test_it_imports_only_node_and_its_peers() -> None:
    manifest = json.loads((PACKAGE / "package.json").read_text())
    # @prisma/config is a dependency of prisma.
    allowed = {*manifest["peerDependencies"], "@prisma"}
    imported = set()
    for file in some((PACKAGE / "src").glob("*.ts")):
        text = file.read_text()
        names = re.findall(r'(?:from |import\(|load\(|require\.resolve\()"([^"]+)"', text)
        imported |= {*names}
        for name in names:
            own = PACKAGE / "src" / name
            is_own = name.startswith("./") and any(map(Path.exists, (own, Path(f"{own}.jinja"))))
            assert is_own or name.startswith("node:") or name.split("/")[0] in allowed, (file, name)
    assert {"node:fs", "./report.ts", "better-auth/db"} <= imported


def test_it_can_be_published(package: Path, tmp_path: Path) -> None:
    name = run(package, str(NPM), "pack", "--silent", "--pack-destination", str(tmp_path)).strip()
    assert not (package / "dist").exists()
    with tarfile.open(tmp_path / name) as tarball:
        names = {path.removeprefix("package/") for path in tarball.getnames()}
    assert {"bin.cjs", "check-node.cjs", "README.md", "dist/cli.js", "dist/index.d.ts"} <= names
    assert "schema-engine/index.mjs" in names
    assert not [path for path in names if "node_modules" in path or path.startswith("src/")]

    fresh = tmp_path / "fresh"
    fresh.mkdir()
    (fresh / "package.json").write_text('{"private": true}')
    alone = ["--legacy-peer-deps", "--no-audit", "--no-fund"]
    run(fresh, str(NPM), "install", *alone, str(tmp_path / name))
    installed = "node_modules/better-auth-setup"
    assert "Usage: better-auth-setup" in run(fresh, f"{installed}/bin.cjs", "--help")
    script = 'import * as it from "better-auth-setup"; console.log(Object.keys(it).join())'
    printed = run(fresh, "--input-type=module", "--eval", script)
    assert printed.strip() == "Problem,generate,startDatabase,testDatabase"
