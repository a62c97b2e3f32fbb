"""Random sets of plugins: complete schema, and a working sign-up and sign-in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.answers import EVERYTHING
from tests.project.typescript import run_node, serving
from tests.project.typescript_sources import cases
from tests.project.workshop import Workshop

GENERATOR = "node_modules/auth/dist/index.mjs"
PLUGIN_ANSWERS = {"stack", *EVERYTHING}
SETS = [answers for answers in cases() if answers.keys() <= PLUGIN_ANSWERS]

#: The sets in `make test`: all plugins, and a random set.
SAMPLE = [{"stack": "typescript", **EVERYTHING}, SETS[-1]]


def name(answers: dict[str, Any]) -> str:
    plugins, options = answers.get("plugins", []), answers.get("plugin_options", [])
    storage = [answers["rate_limit_storage"]] if "rate_limit_storage" in answers else []
    providers = answers.get("social_providers", [])
    return "+".join([*plugins, *options, *providers, *storage]) or "none"


@pytest.mark.e2e
@pytest.mark.parametrize(
    "answers",
    [
        pytest.param(answers, marks=() if answers in SAMPLE else pytest.mark.exhaustive)
        for answers in SETS
    ],
    ids=name,
)
def test_every_set_of_plugins_runs(
    workshop: Workshop, answers: dict[str, Any], tmp_path: Path
) -> None:
    project = tmp_path / "project"
    workshop.render(answers, project, workshop.settings())
    schema = project / "prisma" / "schema.prisma"
    draft = schema.with_name("draft.prisma")
    draft.write_bytes(schema.read_bytes())
    config = ["--yes", "--config", "src/lib/auth.ts", "--output", "prisma/draft.prisma"]
    # Its exit status is 0 even if it did nothing.
    assert "already up to date" in run_node(project, GENERATOR, "generate", *config)
    assert draft.read_bytes() == schema.read_bytes()

    workshop.push(project)
    with serving(project) as server:
        browser = server.browser()
        browser.sign_up()
        assert browser.user()
        browser.do("/sign-out")
        assert browser.user() is None
        browser.sign_in()
        user = browser.user()
        assert user and user["email"] == browser.email
