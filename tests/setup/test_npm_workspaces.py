"""The `overrides` of package.json reach npm in a workspace, and pnpm, or setup says what to do."""

from __future__ import annotations

import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from hooks.node import NPM, environment, install
from tests.project.typescript_sources import render_project
from tests.setup import npm_registry
from tests.setup.npm_project import NODE_FILE, PACKAGE
from tests.waiting import TIMEOUT

INSTALL = f"""
import {{ install }} from {json.dumps(str(PACKAGE / "src" / "packages.ts"))};
await install(".", true).catch((error) => {{
  console.error(error.message);
  process.exitCode = 1;
}});
"""
CORE = npm_registry.PACKAGE
PNPM = {"npm_config_user_agent": "pnpm/12.21.0 npm/? node/v24"}


def member(folder: Path, plugin: str) -> Path:
    """Writes a package of a workspace whose dependencies need its overrides.

    Returns:
        The same folder.
    """
    (folder / "package").mkdir(parents=True)
    wants = {"name": plugin, "version": "1.0.0", "peerDependencies": {CORE: "1.0.0"}}
    (folder / "package" / "package.json").write_text(json.dumps(wants))
    with tarfile.open(folder / "plugin.tgz", "w:gz") as archive:
        archive.add(folder / "package", "package")
    manifest = {
        "name": "my-app",
        "dependencies": {plugin: "file:plugin.tgz", CORE: "2.0.0"},
        "overrides": {CORE: "2.0.0"},
    }
    (folder / "package.json").write_text(json.dumps(manifest))
    return folder


def refusal(folder: Path, **variables: str) -> str:
    """Why setup does not install the packages of a folder."""
    done = subprocess.run(
        [NODE_FILE, "--input-type=module", "--eval", INSTALL],
        cwd=folder,
        env=environment(npm_execpath=str(NPM), **variables),
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stderr.strip()


def test_npm_needs_the_overrides_in_the_root_of_a_workspace(tmp_path: Path) -> None:
    folder = member(tmp_path / "apps" / "web", "plugin")
    root = tmp_path / "package.json"
    root.write_text(json.dumps({"private": True, "workspaces": ["apps/*"]}))
    with npm_registry.serving() as registry:
        registry.versions = ["1.0.0", "2.0.0"]
        cache = str(tmp_path / "cache")
        message = refusal(folder, npm_config_registry=registry.url, npm_config_cache=cache)
    assert message.startswith(f'Copy "overrides" of package.json into {root}')
    assert len(message.splitlines()) == 1


def test_pnpm_needs_the_overrides_in_a_workspace_file_of_the_user(tmp_path: Path) -> None:
    folder = member(tmp_path / "apps" / "web", "@better-auth/plugin")
    workspace = tmp_path / "pnpm-workspace.yaml"
    workspace.write_text("packages:\n  - apps/*\n")
    message = refusal(folder, **PNPM)
    assert message.startswith(f'Add "overrides" of package.json to {workspace}')
    assert len(message.splitlines()) == 1
    workspace.write_text(f"overrides:\n  '{CORE}': 2.0.0\n")
    assert "installed by pnpm" in refusal(folder, **PNPM)


def test_pnpm_gets_the_overrides_where_there_is_no_workspace_file(tmp_path: Path) -> None:
    folder = member(tmp_path / "web", "@better-auth/plugin")
    assert "installed by pnpm" in refusal(folder, **PNPM)
    file = folder / "pnpm-workspace.yaml"
    assert f'\noverrides:\n  "{CORE}": "2.0.0"\n' in file.read_text()
    file.write_text(file.read_text().replace("2.0.0", "1.9.0"))  # of an older release
    refusal(folder, **PNPM)
    assert f'"{CORE}": "2.0.0"' in file.read_text()


@pytest.mark.exhaustive
def test_pnpm_installs_one_core_of_better_auth(tmp_path: Path) -> None:
    pnpm = install({"pnpm": "12.21.0"}) / "node_modules/pnpm/bin/pnpm.mjs"
    project = tmp_path / "project"
    render_project({"stack": "typescript", "provider": "sqlite", "plugins": ["passkey"]}, project)
    for script in ("setup", "typecheck"):
        command = [NODE_FILE, str(pnpm), "run", script]
        subprocess.run(command, cwd=project, env=environment(), check=True, timeout=600)
    modules = project / "node_modules"
    assert (modules / "@better-auth/passkey").resolve().parent.joinpath("core").resolve() == (
        (modules / "better-auth").resolve().parent / "@better-auth/core"
    ).resolve()
