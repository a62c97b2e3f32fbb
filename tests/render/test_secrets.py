"""The database password is in .env.local and in no other file."""

from __future__ import annotations

import random
import secrets
from pathlib import Path
from typing import Any

import pytest

from tests.answers import STACKS, URLS, options, plugin_data, provider_data
from tests.render.oracle import accepts
from tests.template import render


def random_answers(stack: str, chance: random.Random) -> dict[str, Any]:
    """Random valid answers."""
    provider = chance.choice(list(provider_data()))
    available = [name for name in plugin_data() if accepts(provider, [name, "jwt"])]
    plugins = chance.sample(available, chance.randint(0, len(available)))
    if "oauth-provider" in plugins and "jwt" not in plugins:
        plugins.append("jwt")
    possible = [name for name, needed in options().items() if {*needed} <= {*plugins}]
    return {
        "stack": stack,
        "provider": provider,
        "plugins": plugins,
        "plugin_options": chance.sample(possible, chance.randint(0, len(possible))),
        "rate_limit_storage": chance.choice(["memory", "database"]),
    }


@pytest.mark.e2e
@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.exhaustive) for seed in range(1, 10))]
)
def test_passwords_are_written_to_env_local_only(
    stack: str, seed: int, template: Path, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    for number in range(20):
        answers, password = random_answers(stack, chance), secrets.token_hex(12)
        url = URLS[answers["provider"]].format(password=password)
        project = tmp_path / str(number)
        render(template, project, {**answers, "database_url": url})
        holders = [
            path.relative_to(project).as_posix()
            for path in project.rglob("*")
            if path.is_file() and password.encode() in path.read_bytes()
        ]
        assert holders == [".env.local"], answers
