"""``better-auth-setup npm``: npm for owners of Python projects, who may have no Node.js."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from hooks.node import environment
from tests.template import REPOSITORY
from tests.waiting import TIMEOUT

SOURCE = REPOSITORY / "template/python/packages/better-auth-setup/src"


def test_a_package_is_installed_into_the_project_whatever_the_users_settings_are(
    tmp_path: Path,
) -> None:
    project = tmp_path / "app"
    package = tmp_path / "plugin"
    for folder in (project, package):
        folder.mkdir()
        manifest = {"name": folder.name, "version": "1.0.0"}
        (folder / "package.json").write_text(json.dumps(manifest))
    (project / "pyproject.toml").touch()
    command = [sys.executable, "-m", "better_auth_setup", "npm", "install", str(package)]
    settings = {"npm_config_location": "global", "npm_config_prefix": str(tmp_path / "elsewhere")}
    done = subprocess.run(
        command,
        cwd=project,
        # Neither Node.js nor npm is on this path.
        env=environment(**settings, PYTHONPATH=str(SOURCE)) | {"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads((project / "package.json").read_text())["dependencies"] == {
        "plugin": "file:../plugin"
    }
    assert (project / "node_modules" / "plugin").exists()
    assert not (tmp_path / "elsewhere").exists()
