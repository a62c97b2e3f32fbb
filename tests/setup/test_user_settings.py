"""Packages are installed into the project whatever the user's settings of npm, pip and uv are."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from better_auth_setup import node

from hooks.node import NPM, environment, pinned
from tests.project.builds import noting_lookups
from tests.setup import npm_registry
from tests.setup.npm_project import NODE_FILE, PACKAGE
from tests.waiting import TIMEOUT

SETTINGS = {
    "bin-links": "false",
    "dry-run": "true",
    "global": "true",
    "ignore-scripts": "true",
    "include-workspace-root": "true",
    "install-links": "true",
    "install-strategy": "linked",
    "legacy-peer-deps": "true",
    "location": "global",
    "omit": "dev",
    "package-lock": "false",
    "package-lock-only": "true",
    "strict-peer-deps": "true",
    "workspace": "my-app",
    "workspaces": "true",
}
#: Settings that npm does not read from files.
OF_THE_COMMAND = {"workspace", "workspaces"}
TRIED = {
    # npm refuses the two of these together.
    "all": {name: value for name, value in SETTINGS.items() if name != "workspaces"},
    **{name: {name: value} for name, value in SETTINGS.items()},
}
INSTALL = {
    "python": [
        sys.executable,
        "-c",
        "from pathlib import Path\nfrom better_auth_setup.node import Packages\n"
        "Packages(Path('private').resolve()).install()",
    ],
    "typescript": [
        NODE_FILE,
        "--input-type=module",
        "--eval",
        f"import {{ install }} from {json.dumps(str(PACKAGE / 'src' / 'packages.ts'))};\n"
        "await install('private', true);",
    ],
}


def private_packages(folder: Path) -> Path:
    """Writes a package.json that depends on two local packages; returns its folder."""
    for name, more in [("tool", {"peerDependencies": {"peer": "1.0.0"}}), ("peer", {})]:
        package = folder / name
        package.mkdir(parents=True)
        manifest = {"name": name, "version": "1.0.0", "bin": "cli.js", **more}
        (package / "package.json").write_text(json.dumps(manifest))
        (package / "cli.js").write_text("#!/usr/bin/env node\n")
    names = {"dependencies": {"peer": "file:peer"}, "devDependencies": {"tool": "file:tool"}}
    (folder / "package.json").write_text(json.dumps({"private": True, **names}))
    return folder


def try_to_install(stack: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Installs the private packages of a project as setup does."""
    path = str(Path(node.__file__).parents[1])
    return subprocess.run(
        INSTALL[stack],
        cwd=folder,
        env=environment(**variables, PYTHONPATH=path, npm_execpath=str(NPM)),
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )


def install(stack: str, folder: Path, **variables: str) -> None:
    """Installs the private packages of a project, which must succeed."""
    done = try_to_install(stack, folder, **variables)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("place", ["environment", "file"])
@pytest.mark.parametrize("stack", INSTALL)
@pytest.mark.parametrize(
    "tried",
    [pytest.param(one, marks=() if one == "all" else pytest.mark.exhaustive) for one in TRIED],
)
def test_user_settings_redirect_no_installation(
    tried: str, stack: str, place: str, tmp_path: Path
) -> None:
    private = private_packages(tmp_path / "private")
    elsewhere = tmp_path / "elsewhere"
    # The target of a global installation, in place of this machine's.
    variables = {"NODE_ENV": "production", "npm_config_prefix": str(elsewhere)}
    settings = TRIED[tried]
    if place == "environment":
        variables |= {f"npm_config_{k.replace('-', '_')}": v for k, v in settings.items()}
    else:
        lines = [f"{k}={v}\n" for k, v in settings.items() if k not in OF_THE_COMMAND]
        (tmp_path / "npmrc").write_text("".join(lines))
        variables["npm_config_userconfig"] = str(tmp_path / "npmrc")
    install(stack, tmp_path, **variables)
    modules = private / "node_modules"
    assert all((modules / name).is_symlink() for name in ("tool", "peer"))
    assert all((modules / ".bin" / name).exists() for name in ("tool", "peer"))
    assert not elsewhere.exists()


@pytest.mark.parametrize("stack", INSTALL)
def test_what_npm_finished_after_setup_was_killed_is_kept(stack: str, tmp_path: Path) -> None:
    private = private_packages(tmp_path / "private")
    install(stack, tmp_path)
    modules = private / "node_modules"
    # As a killed setup leaves it: npm went on, and wrote its own record last.
    (modules / ".setup-state").unlink(missing_ok=True)
    (modules / ".setup-unfinished").touch()
    (modules / "kept").touch()
    install(stack, tmp_path)
    assert (modules / "kept").exists()
    (modules / ".setup-state").unlink(missing_ok=True)
    (modules / ".setup-unfinished").touch()
    (modules / ".package-lock.json").unlink()
    install(stack, tmp_path)
    assert not (modules / "kept").exists()


@pytest.mark.parametrize("stack", INSTALL)
def test_npm_that_is_set_to_work_offline_needs_its_cache_alone(stack: str, tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir()
    manifest = {"private": True, "dependencies": {npm_registry.PACKAGE: "1.0.0"}}
    (private / "package.json").write_text(json.dumps(manifest))
    # Without addresses in the lock file, npm asks for metadata that it does not cache.
    variables = {
        "npm_config_cache": str(tmp_path / "cache"),
        "npm_config_omit_lockfile_registry_resolved": "false",
    }
    with npm_registry.serving() as registry:
        variables["npm_config_registry"] = registry.url
        refused = try_to_install(stack, tmp_path, **variables, npm_config_offline="true")
        assert refused.returncode == 1
        assert "Let npm download packages (npm_config_offline=false)" in refused.stderr
        install(stack, tmp_path, **variables)
    shutil.rmtree(private / "node_modules")
    install(stack, tmp_path, **variables, npm_config_offline="true")
    assert (private / "node_modules" / npm_registry.PACKAGE / "package.json").exists()


@pytest.mark.parametrize("stack", INSTALL)
def test_no_engine_is_downloaded_with_the_packages_of_prisma(stack: str, tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir()
    dependencies = {"@prisma/engines": pinned("prisma")["prisma"]}
    (private / "package.json").write_text(json.dumps({"dependencies": dependencies}))
    lookups = tmp_path / "lookups"
    install(stack, tmp_path, **noting_lookups(lookups))
    assert (private / "node_modules" / "@prisma" / "engines").is_dir()
    assert "binaries.prisma.sh" not in lookups.read_text().split()
