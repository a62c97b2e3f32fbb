"""Updates of auth.ts: a new plugin beside the owner's edits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import ndiff
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tests.answers import STACKS, plugin_data, social_data, with_requirements
from tests.some import some
from tests.template import environment
from tests.update.simulation import KEPT, Update, simulate

PLUGINS = list(plugin_data())
SOCIAL_PROVIDERS = list(social_data())
SOURCES = ["auth.ts", "env.ts", "messages.ts"]

#: An owner's lines below each reserved comment.
OWN = {
    'import { prisma } from "./prisma.ts";': 'import { extra } from "./extra.ts";',
    "  // Your own options go below this line.": "  user: { additionalFields: {} },",
    "    // Your own plugins go below this line.": "    extra(),",
}


def render(
    source: str,
    plugins: list[str],
    stack: str = "typescript",
    social_providers: Sequence[str] = (),
) -> str:
    answers: dict[str, Any] = {
        "stack": stack,
        "provider": "postgresql",
        "project_name": "My App",
        "rate_limit_storage": "memory",
        "plugins": plugins,
        "framework": "hono",
        "features": plugins,
        "social_providers": list(social_providers),
    }
    return environment().get_template(f"template/shared/auth/{source}.jinja").render(answers)


def with_one_more() -> list[tuple[list[str], list[str]]]:
    """Sets of plugins, and the same with one more."""
    sets = []
    for first, second in permutations(PLUGINS, 2):
        chosen = {*with_requirements(first)}
        more = chosen | {*with_requirements(second)}
        before, after = (
            [plugin for plugin in PLUGINS if plugin in plugins] for plugins in (chosen, more)
        )
        sets.append((before, after))
    return sets


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("source", SOURCES)
def test_an_added_plugin_deletes_no_line(source: str, stack: str) -> None:
    for before, after in some(with_one_more()):
        old, new = (render(source, plugins, stack).splitlines() for plugins in (before, after))
        lines = iter(new)
        assert all(line in lines for line in old), "\n".join(ndiff(old, new))


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("plugins", [[], ["one-tap"]])
def test_an_added_social_provider_deletes_no_line(
    source: str, stack: str, plugins: list[str]
) -> None:
    """Also with the plugin that shares a setting with Google."""
    for provider in some(SOCIAL_PROVIDERS):
        others = [each for each in SOCIAL_PROVIDERS if each != provider]
        for fewer, more in (([], [provider]), (others, SOCIAL_PROVIDERS)):
            old, new = (
                render(source, plugins, stack, chosen).splitlines() for chosen in (fewer, more)
            )
            lines = iter(new)
            assert all(line in lines for line in old), "\n".join(ndiff(old, new))


def test_each_reserved_comment_occurs_once() -> None:
    for source in SOURCES:
        comments = re.findall(r"//.*go below this line\.", render(source, PLUGINS))
        assert len(comments) == len(set(comments))
    assert len(re.findall("go below this line", render("auth.ts", PLUGINS))) == 2


def test_owners_lines_and_a_new_social_provider_merge(tmp_path: Path) -> None:
    """Also if the owner has added options to a provider."""
    scope = ("      clientSecret: env.GITHUB_CLIENT_SECRET,\n", '      scope: ["repo"],\n')
    updates, expected = [], []
    for before, after in (
        ([], ["github"]),
        (["github"], ["github", "google"]),
        (["github", "google"], ["github", "google", "discord"]),
        (["github", "discord"], ["github", "google", "discord"]),
        (["google"], ["github", "google"]),
    ):
        base, new = (render("auth.ts", [], social_providers=each) for each in (before, after))
        own, wanted = edited(base), edited(new)
        if "github" in before:
            own, wanted = (text.replace(scope[0], "".join(scope)) for text in (own, wanted))
        updates.append(Update(files(base), files(own), files(new)))
        expected.append(wanted)
    for update, wanted in zip(simulate(updates, tmp_path), expected, strict=True):
        assert (update.conflicts, update.files["auth.ts"]) == ([], wanted)


def test_owners_lines_and_a_new_plugin_merge(tmp_path: Path) -> None:
    sets: list[tuple[list[str], list[str]]] = [([], [plugin]) for plugin in PLUGINS]
    updates = []
    for before, after in [*sets, *with_one_more()]:
        base, new = render("auth.ts", before), render("auth.ts", after)
        updates.append(Update(files(base), files(edited(base)), files(new)))
    for update, updated in zip(updates, simulate(updates, tmp_path), strict=True):
        assert updated.conflicts == []
        assert updated.files["auth.ts"] == edited(update.new["auth.ts"])


def files(text: str) -> dict[str, str]:
    return {"auth.ts": text, KEPT: ""}


def edited(text: str) -> str:
    for line, own in OWN.items():
        assert text.count(line) == 1
        text = text.replace(line, f"{line}\n{own}")
    return text
