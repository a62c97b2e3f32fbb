"""The template under test: its Jinja modules, and rendering through Copier."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from copier import run_copy
from jinja2_ansible_filters import AnsibleCoreFiltersExtension

REPOSITORY = Path(__file__).resolve().parent.parent


@cache
def environment() -> jinja2.Environment:
    """Jinja as Copier sets it up for this template."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(REPOSITORY),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        extensions=[AnsibleCoreFiltersExtension],
    )


def module(name: str) -> Any:
    """The exported variables and macros of ``template/shared/<name>.jinja``."""
    return environment().get_template(f"template/shared/{name}.jinja").module


def snapshot(folder: Path) -> Path:
    """Copies the template out of the repository, so that Copier need not ask git about it."""
    shutil.copy(REPOSITORY / "copier.yml", folder)
    shutil.copytree(
        REPOSITORY / "template",
        folder / "template",
        ignore=shutil.ignore_patterns("__pycache__", "node_modules", ".venv"),
    )
    return folder


def render(template: Path, project: Path, answers: dict[str, Any]) -> Path:
    """Renders a project with these answers and the defaults; raises what Copier raises."""
    run_copy(str(template), project, data=answers, defaults=True, quiet=True)
    return project
