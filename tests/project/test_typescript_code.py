"""Whatever is chosen: the TypeScript project passes strict tsc, and prettier has no wishes."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hooks.node import BETTER_AUTH, environment, install, pinned
from tests.answers import matrix, options_of, provider_data, stack_plugins, with_requirements
from tests.template import REPOSITORY
from tests.template import environment as jinja

TREE = Path("template/typescript")

PACKAGES = [
    *BETTER_AUTH,
    "@hono/node-server",
    "@prisma/client",
    "@types/node",
    "hono",
    "prettier",
    "prisma",
    "typescript",
    "viem",
]

#: What `prisma generate` writes, as far as the code of a project asks for it.
CLIENT = """
import type { SqlDriverAdapterFactory } from "@prisma/client/runtime/client";

export declare class PrismaClient {
  constructor(options: { adapter: SqlDriverAdapterFactory });
  $disconnect(): Promise<void>;
  $queryRaw(query: TemplateStringsArray): Promise<unknown>;
  user: { deleteMany(query: { where: { email: { endsWith: string } } }): Promise<unknown> };
}
"""


def cases() -> Iterator[dict[str, Any]]:
    """The matrix of answers, and twenty random sets of plugins."""
    for answers in matrix("typescript"):
        yield answers.given
    chance = random.Random(4)
    available, options = stack_plugins("typescript"), options_of("typescript")
    for _ in range(20):
        chosen = chance.sample(available, chance.randint(2, len(available)))
        plugins = {needed for plugin in chosen for needed in with_requirements(plugin)}
        fitting = [option for option, needed in options.items() if {*needed} <= plugins]
        yield {
            "plugins": [plugin for plugin in available if plugin in plugins],
            "plugin_options": chance.sample(fitting, chance.randint(0, len(fitting))),
        }


def render_sources(answers: dict[str, Any], folder: Path) -> None:
    """Writes the code of a project. Copier would write the same, in hundred times the time."""
    name = answers.get("project_name", "My App")
    plugins, options = answers.get("plugins", []), answers.get("plugin_options", [])
    storage = answers.get("rate_limit_storage", "memory")
    context = {
        "project_name": name,
        "project_slug": name.lower().replace(" ", "-"),
        "package_name": name.lower().replace(" ", "_"),
        "stack": "typescript",
        "provider": answers.get("provider", "postgresql"),
        "database_url": "",
        "plugins": plugins,
        "plugin_options": options,
        "rate_limit_storage": storage,
        "features": [*plugins, *options, *(["rate-limit"] if storage == "database" else [])],
    }
    sources = [*(REPOSITORY / TREE).rglob("*.ts*"), *(REPOSITORY / TREE).rglob("*.json*")]
    for source in sources:
        path = source.relative_to(REPOSITORY / TREE).as_posix()
        target = jinja().from_string(path.removesuffix(".jinja")).render(context)
        if source.is_dir() or "schema-engine" in path or not target or target.endswith("/"):
            continue
        file = folder / target
        file.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text(encoding="utf-8")
        if path.endswith(".jinja"):
            text = jinja().get_template(f"{TREE}/{path}").render(context)
        file.write_text(text, encoding="utf-8")
    client = folder / "src" / "generated" / "prisma" / "client.ts"
    client.parent.mkdir(parents=True)
    client.write_text(CLIENT, encoding="utf-8")


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every project, in folders that share one ``node_modules``."""
    drivers = {entry["typescript"]["package"] for entry in provider_data().values()}
    installed = install(pinned(*sorted({*PACKAGES, *drivers})))
    folder = tmp_path_factory.mktemp("projects")
    (folder / "node_modules").symlink_to(installed / "node_modules")
    for number, answers in enumerate(cases()):
        project = folder / f"{number:03}"
        render_sources(answers, project)
        (project / "answers.txt").write_text(json.dumps(answers))
    return folder


def run(folder: Path, script: str, *arguments: str) -> str:
    """What a command of the installed packages prints; nothing if all is well."""
    command = ["node", "--max-old-space-size=8192", f"node_modules/{script}", *arguments]
    result = subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, timeout=900
    )
    return result.stdout + result.stderr if result.returncode else ""


@pytest.mark.e2e
def test_every_project_is_typed(projects: Path) -> None:
    parts = ["src", "scripts", "tests", "prisma.config.ts"]
    config = {
        "extends": "./000/tsconfig.json",
        "include": [f"*/{part}" for part in parts],
    }
    (projects / "tsconfig.json").write_text(json.dumps(config))
    assert run(projects, "typescript/bin/tsc", "--project", ".") == ""


@pytest.mark.e2e
def test_every_project_is_formatted(projects: Path) -> None:
    (projects / ".prettierignore").write_text("generated/\ntsconfig.json\n")
    assert run(projects, "prettier/bin/prettier.cjs", "--check", ".") == ""
