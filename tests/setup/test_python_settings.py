"""pip and uv install into the project's .venv whatever the user's settings of them are."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from better_auth_setup.bootstrap import Environment

from tests.setup.python_packages import python_project
from tests.template import REPOSITORY
from tests.waiting import TIMEOUT
from tests.wrapped import WIDTH

PACKAGE = REPOSITORY / "template/python/packages/better-auth-setup/src/better_auth_setup"
INSTALL = f"""
import os, runpy, sys
from pathlib import Path
bootstrap = runpy.run_path({str(PACKAGE / "bootstrap.py")!r})
environment = bootstrap["Environment"](Path.cwd())
environment.install.__globals__["HAS_UV"] = sys.argv[1] == "uv"
environment.install(bootstrap["lock"](Path("pyproject.toml"), 0))
sys.exit(0 if environment.is_installed() else "not installed")
"""

#: With {elsewhere} for a folder that nothing may be written to, and {other} for a project.
SETTINGS = {
    "pip": {
        "PIP_ABI": "cp39",
        "PIP_DRY_RUN": "1",
        "PIP_EDITABLE": "{elsewhere}",
        "PIP_GROUP": "none",
        "PIP_IMPLEMENTATION": "pp",
        "PIP_NO_BUILD_ISOLATION": "1",
        "PIP_NO_CACHE_DIR": "1",
        "PIP_NO_DEPS": "1",
        "PIP_ONLY_BINARY": ":all:",
        "PIP_ONLY_DEPS": "1",
        "PIP_PLATFORM": "win32",
        "PIP_PREFIX": "{elsewhere}",
        "PIP_PYTHON": "{elsewhere}/bin/python",
        "PIP_PYTHON_VERSION": "3.8",
        "PIP_REPORT": "{elsewhere}",
        "PIP_REQUIREMENT": "{elsewhere}/requirements.txt",
        "PIP_REQUIRE_VIRTUALENV": "1",
        "PIP_ROOT": "{elsewhere}",
        "PIP_TARGET": "{elsewhere}",
        "PIP_USER": "1",
    },
    "uv": {
        "UV_FROZEN": "1",
        "UV_LOCKED": "1",
        "UV_MANAGED_PYTHON": "1",
        "UV_NO_BUILD": "1",
        "UV_NO_BUILD_ISOLATION": "1",
        "UV_NO_CACHE": "1",
        "UV_NO_DEFAULT_GROUPS": "1",
        "UV_NO_DEV": "1",
        "UV_NO_EDITABLE": "1",
        "UV_NO_GROUP": "dev",
        "UV_NO_INSTALL_LOCAL": "1",
        "UV_NO_INSTALL_PROJECT": "1",
        "UV_NO_INSTALL_WORKSPACE": "1",
        "UV_NO_SOURCES": "1",
        "UV_PROJECT": "{other}",
        "UV_PROJECT_ENVIRONMENT": "{elsewhere}",
        "UV_PYTHON": "3.8",
        "UV_PYTHON_PREFERENCE": "only-managed",
        "UV_SYSTEM_PYTHON": "1",
        "UV_WORKING_DIR": "{other}",
    },
}
#: Of Python and of other environments.
ACTIVE = {
    "CONDA_DEFAULT_ENV": "base",
    "CONDA_PREFIX": "{elsewhere}",
    "PYTHONOPTIMIZE": "2",
    "PYTHONPATH": "{elsewhere}",
    "PYTHONSAFEPATH": "1",
    "PYTHONSTARTUP": "{elsewhere}",
    "PYTHONWARNINGS": "error",
    "VIRTUAL_ENV": "{elsewhere}",
}
TRIED = [
    *((tool, "all", {**settings, **ACTIVE}) for tool, settings in SETTINGS.items()),
    *(
        (tool, name, {name: value})
        for tool, settings in SETTINGS.items()
        for name, value in (settings | ACTIVE).items()
    ),
]


def install(tool: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", INSTALL, tool],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.parametrize(
    ("tool", "settings"),
    [
        pytest.param(
            tool, settings, id=f"{tool}-{name}", marks=[pytest.mark.exhaustive] * (name != "all")
        )
        for tool, name, settings in TRIED
    ],
)
def test_settings_of_the_user_put_nothing_elsewhere(
    tool: str, settings: dict[str, str], tmp_path: Path
) -> None:
    project = python_project(tmp_path / "project")
    other = python_project(tmp_path / "other")
    elsewhere = tmp_path / "elsewhere"
    variables = {k: v.format(elsewhere=elsewhere, other=other) for k, v in settings.items()}
    done = install(tool, project, **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not elsewhere.exists() and not (other / ".venv").exists()


@pytest.mark.parametrize("tool", ["uv", pytest.param("pip", marks=pytest.mark.exhaustive)])
def test_the_environment_of_a_copied_folder_is_made_again(tool: str, tmp_path: Path) -> None:
    project, copy = python_project(tmp_path / "project"), tmp_path / "copy"
    install(tool, project)
    shutil.copytree(project, copy, symlinks=True)
    assert Environment(project).is_installed() and not Environment(copy).is_installed()
    done = install(tool, copy)
    assert done.returncode == 0, done.stdout + done.stderr
    assert Environment(copy).is_installed()
    # As the programs beside it.
    assert str(copy) in (copy / ".venv" / "bin" / "activate").read_text()


#: Settings that the project cannot be installed with, and the remedy.
REFUSED = {
    "offline": (
        "uv",
        {"UV_OFFLINE": "1", "UV_CACHE_DIR": "{elsewhere}"},
        "Let uv download packages (UV_OFFLINE=0): it is",
    ),
    "no index": ("pip", {"PIP_NO_INDEX": "1"}, "Unset PIP_NO_INDEX, or name a folder"),
    "an index that does not answer": (
        "uv",
        {"UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple", "UV_HTTP_RETRIES": "0"},
        "Check the connection, or name a proxy (HTTPS_PROXY) or another index (UV_DEFAULT_INDEX)",
    ),
    "a setting that does not exist": (
        "uv",
        {"UV_INDEX_STRATEGY": "best"},
        "Solve the problem above, or check the settings of uv: the Python",
    ),
    "constraints that are not there": (
        "pip",
        {"PIP_CONSTRAINT": "{elsewhere}"},
        "Solve the problem above, or check the settings of pip: the Python",
    ),
}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, marks=[pytest.mark.exhaustive] * (REFUSED[case][0] == "pip"))
        for case in REFUSED
    ],
)
def test_a_failed_installation_is_reported_with_the_remedy(case: str, tmp_path: Path) -> None:
    tool, settings, remedy = REFUSED[case]
    project = python_project(tmp_path / "project")
    variables = {k: v.format(elsewhere=tmp_path / "elsewhere") for k, v in settings.items()}
    done = install(tool, project, **variables)
    assert done.returncode == 1
    assert f"setup: {remedy}" in " ".join(done.stderr.split()), done.stderr


@pytest.mark.exhaustive
def test_a_configuration_file_of_pip_puts_nothing_elsewhere(tmp_path: Path) -> None:
    project = python_project(tmp_path / "project")
    file = tmp_path / "pip.conf"
    elsewhere = tmp_path / "elsewhere"
    file.write_text(f"[install]\nprefix = {elsewhere}\ntarget = {elsewhere}\nuser = true\n")
    done = install("pip", project, PIP_CONFIG_FILE=str(file))
    assert done.returncode == 0, done.stdout + done.stderr
    assert not elsewhere.exists()


@pytest.mark.exhaustive
def test_what_an_installer_left_out_is_named(tmp_path: Path) -> None:
    project = python_project(tmp_path / "project")
    file = tmp_path / "pip.conf"
    file.write_text("[install]\nno-deps = true\n")
    done = install("pip", project, PIP_CONFIG_FILE=str(file))
    assert done.returncode == 1
    assert "Look at your settings of pip" in done.stderr and "colorama" in done.stderr
    assert not (project / ".venv" / ".installed-from").exists()


def test_the_usage_needs_no_docstrings() -> None:
    script = REPOSITORY / "template/python/scripts/setup.py"
    done = subprocess.run(
        [sys.executable, "-OO", script, "--help"], capture_output=True, text=True, timeout=TIMEOUT
    )
    assert done.returncode == 0 and "--start-migrations" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= WIDTH


def test_setup_can_run_in_the_environment_that_it_installs(tmp_path: Path) -> None:
    project = python_project(tmp_path / "project")
    subprocess.run([sys.executable, "-m", "uv", "sync", "--quiet"], cwd=project, check=True)
    done = subprocess.run(
        [project / ".venv/bin/python", "-c", INSTALL, "uv"],
        cwd=project,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
