"""Every rendering parses, is formatted, and has no leftovers."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

import pytest
import yaml

from tests.answers import STACKS, Answers, matrix
from tests.some import some
from tests.template import render

CASES = [answers for stack in STACKS for answers in matrix(stack)]

#: Characters and names that are invalid in file names on Windows.
UNSAFE_ON_WINDOWS = re.compile(
    r'[<>:"\\|?*\x00-\x1f]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)', re.I
)

WRITTEN_BY_SETUP = {"package-lock.json", "uv.lock"}

PARSERS: dict[str, Callable[[str], object]] = {
    ".py": ast.parse,
    ".json": json.loads,
    ".toml": tomllib.loads,
    ".yml": yaml.safe_load,
    ".yaml": yaml.safe_load,
}


@lru_cache(maxsize=1)
def files(project: Path) -> list[tuple[Path, str]]:
    """The name and text of each file of the project that the tests look at."""
    return [
        (path.relative_to(project), path.read_text(encoding="utf-8"))
        for path in some(sorted(project.rglob("*")))
        if path.is_file() and "__pycache__" not in path.parts
    ]


@cache
def parse(suffix: str, text: str) -> None:
    """Parses a file, once for all projects that have it; raises the parser's error."""
    PARSERS[suffix](text)


@pytest.fixture(scope="module", params=CASES, ids=str)
def project(
    request: pytest.FixtureRequest, template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    answers: Answers = request.param
    return render(template, tmp_path_factory.mktemp("project"), answers.given)


def test_every_file_parses(project: Path) -> None:
    for name, text in files(project):
        if name.suffix in PARSERS:
            parse(name.suffix, text)


def test_no_jinja_is_left_over(project: Path) -> None:
    for name, text in files(project):
        # GitHub's expressions and some code look like Jinja.
        is_code = name.suffix == ".py" or name.parts[0] == "packages"
        left = None if is_code else re.search(r"(?<!\$)\{\{|\{%|\{#", text)
        assert not left, f"{name}: {text[left.start() : left.start() + 60] if left else ''}"
        assert not re.search(r"[{%}]|jinja", str(name)), name


def test_file_names_are_valid_on_windows(project: Path) -> None:
    for name, _ in files(project):
        assert not [part for part in name.parts if UNSAFE_ON_WINDOWS.search(part)], name


def test_no_file_has_stray_blank_lines(project: Path) -> None:
    for name, text in files(project):
        assert text == "" or re.search(r"[^\n]\n\Z", text), f"{name} does not end in one newline"
        assert not text.startswith("\n"), f"{name} begins with a blank line"
        assert not re.search(r"[ \t]$", text, re.M), f"{name} has trailing blanks"
        blank = 3 if name.suffix in (".py", ".md") else 2
        assert "\n" * (blank + 1) not in text, f"{name} has {blank} blank lines in a row"


def test_python_is_formatted_and_clean(project: Path) -> None:
    for command in (["format", "--check"], ["check"]):
        program = str(Path(sys.executable).with_name("ruff"))
        ruff = [program, *command, "--no-cache", "--quiet", "."]
        result = subprocess.run(ruff, cwd=project, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout + result.stderr


def test_the_readme_names_files_and_scripts_of_the_project(project: Path) -> None:
    text = (project / "README.md").read_text(encoding="utf-8")
    scripts = json.loads((project / "package.json").read_text(encoding="utf-8"))["scripts"]
    assert {*some(re.findall(r"\bnpm run ([\w:-]+)", text))} <= {*scripts}
    names = {path.name for path in project.rglob("*")} | WRITTEN_BY_SETUP
    for path in some(re.findall(r"`([\w./-]*[\w-]\.(?:ts|py|json|lock|prisma|yaml))`", text)):
        assert (project / path).exists() or path in names, path
