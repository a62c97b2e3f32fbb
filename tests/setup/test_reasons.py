"""Error messages contain the reasons that npm, uv and others report."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from better_auth_setup import prisma
from better_auth_setup.node import Packages
from better_auth_setup.problem import Problem
from better_auth_setup.programs import Result

from hooks.node import NODE
from hooks.servers import free_port
from tests.setup import npm_registry
from tests.setup.npm_project import call
from tests.setup.outputs import FAILURES, Failure

NPM = [str(NODE / "bin" / "node"), str(NODE / "lib/node_modules/npm/bin/npm-cli.js")]


def manifest(folder: Path, **content: object) -> Packages:
    folder.mkdir(exist_ok=True)
    (folder / "package.json").write_text(json.dumps({"name": "app", "private": True, **content}))
    return Packages(folder)


def test_a_peer_dependency_conflict_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("npm_config_heading", "acme")
    for name, peers in {"one": {}, "two": {"one": "^2.0.0"}}.items():
        manifest(tmp_path / name, name=name, version="1.0.0", peerDependencies=peers)
        subprocess.run([*NPM, "pack", f"./{name}"], cwd=tmp_path, check=True, capture_output=True)
    files = {name: f"file:{name}-1.0.0.tgz" for name in ("one", "two")}
    packages = manifest(tmp_path, dependencies=files)
    with pytest.raises(Problem) as caught:
        packages.install()
    message = str(caught.value)
    assert "unable to resolve dependency tree" in message
    assert 'peer one@"^2.0.0" from two@1.0.0' in message
    assert "A complete log" not in message


def of_python(failure: Failure) -> str:
    result = Result(1, failure.output)
    return prisma.reason(result) if failure.is_of_prisma else result.reason


def of_npm_package(failure: Failure) -> str:
    module, function = ("prisma", "reason") if failure.is_of_prisma else ("report", "reasonOf")
    return call(module, function, failure.output)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (name, reason)
        for name, failure in FAILURES.items()
        for reason in (of_python, of_npm_package)
        if reason is of_npm_package or not failure.is_of_pnpm
    ],
)
def test_a_reason_is_complete_and_without_noise(
    name: str, reason: Callable[[Failure], str]
) -> None:
    shown = reason(FAILURES[name])
    places = [shown.find(part) for part in FAILURES[name].expected]
    assert -1 not in places and places == sorted(places), shown
    noise = (
        r"errno|syscall|_logs|rerun|nospc|notarget|^\W*4|WARN|\bat .*:\d|"
        r"Prisma CLI|Loaded|ebugger|Context"
    )
    assert not re.search(noise, shown, re.MULTILINE)
    assert len(shown.strip().splitlines()) <= 8


def test_an_invalid_package_json_is_reported(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text("{")
    with pytest.raises(Problem, match=r"package\.json cannot be read"):
        Packages(tmp_path).install()


def test_packages_of_an_unreachable_registry_do_not_count_as_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    packages = manifest(tmp_path, dependencies={"left-pad": "1.3.0"})
    with pytest.raises(Problem, match=r"does not answer \(.*connect ECONNREFUSED 127"):
        packages.install()
    assert not packages.is_current


@pytest.mark.parametrize(
    "settings",
    [
        {"npm_config_omit": "dev"},
        {"NODE_ENV": "production"},
        {"npm_config_workspaces": "false"},
    ],
    ids=str,
)
def test_npm_settings_that_omit_packages_are_overridden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    manifest(tmp_path / "tool", name="tool", version="1.0.0")
    packages = manifest(tmp_path, devDependencies={"tool": "file:tool"})
    packages.install()
    assert packages.is_current
    assert (tmp_path / "node_modules" / "tool").exists()
    (tmp_path / "node_modules" / "tool").unlink()
    assert not packages.is_current


def test_a_workspace_around_the_project_does_not_take_its_packages(tmp_path: Path) -> None:
    manifest(tmp_path, workspaces=["apps/*"])
    (tmp_path / "apps").mkdir()
    folder = tmp_path / "apps" / "mine"
    manifest(tmp_path / "tool", name="tool", version="1.0.0")
    packages = manifest(folder, dependencies={"tool": "file:../../tool"})
    packages.install()
    assert (folder / "node_modules" / "tool").exists()


def test_a_version_newer_than_npms_cache_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    with npm_registry.serving() as registry:
        monkeypatch.setenv("npm_config_registry", registry.url)
        for version in ("1.0.0", "2.0.0"):
            if version not in registry.versions:
                registry.versions.append(version)
            manifest(tmp_path, dependencies={npm_registry.PACKAGE: version}).install()
            installed = tmp_path / "node_modules" / npm_registry.PACKAGE / "package.json"
            assert json.loads(installed.read_text())["version"] == version
