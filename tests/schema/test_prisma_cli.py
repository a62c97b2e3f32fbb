"""The assumptions of the other schema tests about Prisma's CLI and Copier."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from hooks import node
from hooks.official import FEATURES
from tests.answers import options, plugin_data, provider_data
from tests.node import ask_prisma
from tests.schema.cases import Case, complete, render, supported
from tests.some import some
from tests.template import render as render_project

ACCEPTED: list[Case] = [
    {"provider": "postgresql", "features": []},
    {"provider": "mysql", "features": list(FEATURES)},
    {"provider": "sqlite", "features": complete(["oauth-provider", "stripe-organization"])},
    {"provider": "cockroachdb", "features": complete(["organization-teams", "rate-limit"])},
]
REFUSED: list[Case] = [{"provider": "sqlserver", "features": complete(["scim"])}]


def prisma(command: str, schema: Path) -> subprocess.CompletedProcess[str]:
    """Runs the pinned CLI; these commands do not execute the engine, so any file will do."""
    packages = node.install(node.pinned("prisma"))
    cli = packages / "node_modules" / "prisma" / "build" / "index.js"
    return subprocess.run(
        ["node", str(cli), command, "--schema", str(schema)],
        cwd=schema.parent,
        env={
            **node.environment(),
            "PRISMA_SCHEMA_ENGINE_BINARY": str(cli),
            "PRISMA_HIDE_UPDATE_MESSAGE": "1",
            "NO_COLOR": "1",
        },
        capture_output=True,
        text=True,
    )


@pytest.mark.e2e
@pytest.mark.exhaustive
def test_the_cli_agrees_with_its_webassembly_build(tmp_path: Path) -> None:
    file = tmp_path / "schema.prisma"
    asked = [*ACCEPTED, *REFUSED]
    errors = ask_prisma([render(case) for case in asked], "validate")
    for case, error in zip(asked, errors, strict=True):
        file.write_text(render(case))
        accepted = prisma("validate", file).returncode == 0
        assert accepted == (error is None) == (case in ACCEPTED)
    # The grammar is the same for every provider: that with all features has all of it.
    (schema,) = (render(case) for case in ACCEPTED if case["provider"] == "mysql")
    crooked = schema.replace(" @id", "   @id").replace("  @@map", "@@map")
    file.write_text(crooked)
    assert prisma("format", file).returncode == 0
    assert [file.read_text()] == [schema] == ask_prisma([crooked], "format")


def copied() -> list[dict[str, Any]]:
    """Answers with no, some and all features on each provider."""
    found: list[dict[str, Any]] = []
    for provider in provider_data():
        some = ["organization", "admin", "two-factor"]
        most = [name for name in plugin_data() if supported(provider, complete([name]))]
        found += [
            {"provider": provider, "plugins": []},
            {"provider": provider, "plugins": some, "plugin_options": ["organization-teams"]},
            {
                "provider": provider,
                "plugins": most,
                "plugin_options": [
                    option for option, needed in options().items() if {*needed} <= {*most}
                ],
                "rate_limit_storage": "database",
            },
        ]
    return found


@pytest.mark.e2e
def test_copier_renders_what_these_tests_render(template: Path, tmp_path: Path) -> None:
    for number, answers in enumerate(some(copied())):
        given = {"stack": "typescript", **answers}
        project = render_project(template, tmp_path / str(number), given)
        features = [*answers["plugins"], *answers.get("plugin_options", [])]
        features += ["rate-limit"] if "rate_limit_storage" in answers else []
        direct = render({"provider": answers["provider"], "features": features})
        assert (project / "prisma" / "schema.prisma").read_bytes() == direct.encode()
