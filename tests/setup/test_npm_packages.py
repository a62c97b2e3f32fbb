"""Installing with various versions and settings of npm and pnpm, and reporting failures."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from hooks.node import NPM, environment, install
from tests.npm_packages import lend
from tests.project.typescript_sources import render_project
from tests.setup.npm_project import NODE_FILE, PACKAGE, NpmProject, npm_project

#: Variables that users set for other reasons.
UNFRIENDLY = {
    "NODE_ENV": "production",
    "npm_config_omit": "dev",
    "npm_config_ignore_scripts": "true",
    "npm_config_install_links": "true",
}
MANAGERS = {
    "npm 12": ({"npm": "12.2.2"}, "node_modules/npm/bin/npm-cli.js"),
    "pnpm 12": ({"pnpm": "12.21.0"}, "node_modules/pnpm/bin/pnpm.mjs"),
}


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", MANAGERS)
def test_setup_works_with_each_package_manager(name: str, tmp_path: Path) -> None:
    packages, program = MANAGERS[name]
    manager = str(install(packages) / program)
    project = tmp_path / "project"
    render_project({"stack": "typescript"}, project)
    try:
        for _ in range(2):
            done = subprocess.run(
                [NODE_FILE, manager, "run", "setup"],
                cwd=project,
                env=environment(**UNFRIENDLY),
                capture_output=True,
                text=True,
                timeout=600,
            )
            assert done.returncode == 0, done.stdout + done.stderr
        assert "nothing to change" in done.stdout
    finally:
        NpmProject(project).done("database", "stop")


@pytest.mark.e2e
@pytest.mark.exhaustive
def test_user_settings_of_npm_are_ignored(tmp_path: Path) -> None:
    project = tmp_path / "project"
    render_project({"stack": "typescript", "provider": "sqlite"}, project)
    # Without a development dependency, setup installs the packages.
    compiler = lend(project) / "node_modules" / "typescript"
    shutil.rmtree(compiler)
    done = subprocess.run(
        [NODE_FILE, str(NPM), "run", "setup"],
        cwd=project,
        env=environment(**UNFRIENDLY),
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (project / "dev.db").exists()
    assert (compiler / "package.json").exists()


@pytest.mark.parametrize(
    ("manager", "sentence"),
    [
        ("yarn/4.0.0", "Use npm or pnpm (npm run setup): yarn "),
        ("bun/1.3.0", "Use npm or pnpm (npm run setup): bun "),
        ("pnpm/9.15.9", "Use npm, or pnpm 10.5 or newer: pnpm/9.15.9 reads no overrides"),
        ("pnpm/10.4.1", "Use npm, or pnpm 10.5 or newer: pnpm/10.4.1 reads no overrides"),
    ],
)
def test_unsupported_package_managers_are_refused(
    manager: str, sentence: str, tmp_path: Path
) -> None:
    project = npm_project(tmp_path / "project", provider="sqlite")
    stderr = project.refused("setup", npm_config_user_agent=f"{manager} npm/? node/v24")
    assert sentence in stderr
    assert len(stderr.strip().splitlines()) == 1
    assert not [*project.folder.glob(".setup*")] and not [*project.folder.glob("pnpm-*")]


def test_an_invalid_package_json_is_reported(tmp_path: Path) -> None:
    project = npm_project(tmp_path / "project", provider="sqlite")
    (project.folder / "package.json").write_text("{")
    assert "setup: package.json cannot be read: " in project.refused("setup")


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (
            "npm error code ERESOLVE\n"
            "npm error ERESOLVE could not resolve\n"
            "npm error\n"
            "npm error While resolving: my-app@0.1.0\n"
            "npm error Found: hono@4.13.19\n"
            "npm error For a full report see:\n"
            "npm error /root/.npm/_logs/x-eresolve-report.txt\n"
            "npm error A complete log of this run can be found in: /root/.npm/_logs/x.log\n",
            "ERESOLVE could not resolve\nWhile resolving: my-app@0.1.0\nFound: hono@4.13.19",
        ),
        (
            "npm error code EACCES\nnpm error syscall mkdir\nnpm error path /x/node_modules\n"
            "npm error errno -13\n"
            "npm error Error: EACCES: permission denied, mkdir '/x/node_modules'\n",
            "EACCES: Error: EACCES: permission denied, mkdir '/x/node_modules'",
        ),
        (
            "npm error code E404\n"
            "npm error 404 Not Found - GET https://registry.npmjs.org/hnoo - Not found\n"
            "npm error 404  'hnoo@1.0.0' is not in this registry.\n",
            "E404: Not Found - GET https://registry.npmjs.org/hnoo - Not found\n"
            "'hnoo@1.0.0' is not in this registry",
        ),
        ("loading\nTypeError: x is not a function.\n    at y (z.ts:1:1)\n", "TypeError: x is not"),
    ],
)
def test_the_reason_of_a_failed_install_is_shown(output: str, reason: str) -> None:
    script = (
        f'import {{ reasonOf }} from "{PACKAGE / "src" / "report.ts"}";'
        f"process.stdout.write(reasonOf({json.dumps(output)}));"
    )
    command = [NODE_FILE, "--input-type=module", "--eval", script]
    stdout = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    lines = [line.removeprefix("      ") for line in stdout.lstrip("\n").splitlines()]
    assert "\n".join(lines).startswith(reason)
    assert "complete log" not in stdout and "errno" not in stdout
