"""The compared schemas: each feature alone, every pair, and random sets, per provider."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from functools import cache
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hooks import node
from hooks.official import FEATURES, PROVIDERS, ask, foundation
from tests.answers import provider_data
from tests.template import environment

Case = dict[str, Any]


def complete(features: Iterable[str]) -> list[str]:
    """The features and their requirements, in the catalogue's order."""
    wanted = {name for feature in features for name in [feature, *foundation(feature)]}
    return [name for name in FEATURES if name in wanted]


def supported(provider: str, features: list[str]) -> bool:
    return not set(features) & set(provider_data()[provider].get("refuses", {}))


def cases(sets: Iterable[Iterable[str]]) -> list[Case]:
    """Each set of features on every provider that supports it, once."""
    distinct = dict.fromkeys(tuple(complete(features)) for features in sets)
    return [
        {"provider": provider, "features": list(features)}
        for features in distinct
        for provider in PROVIDERS
        if supported(provider, list(features))
    ]


def singles() -> list[Case]:
    return cases([[], *([feature] for feature in FEATURES), FEATURES])


def pairs() -> list[Case]:
    return cases(combinations(FEATURES, 2))


def some_of(found: list[Case], number: int) -> list[Case]:
    """A random sample of a number of cases, which is the same in each run."""
    return random.Random(20261128).sample(found, number)


def random_sets(number: int) -> list[Case]:
    chance = random.Random(20261123)
    names = list(FEATURES)
    found = cases(chance.sample(names, chance.randint(3, len(names))) for _ in range(number))
    return chance.sample(found, number)


def render(case: Case) -> str:
    """The schema that the template renders."""
    return _render(case["provider"], tuple(case["features"]))


@cache
def _render(provider: str, features: tuple[str, ...]) -> str:
    template = environment().get_template("template/shared/schema.prisma.jinja")
    answers = {"stack": "typescript", "framework": "hono", "provider": provider}
    return template.render(**answers, features=list(features))


def without_own(schema: str) -> str:
    """The schema without the outbox's model, which better-auth's generator does not write."""
    own = r"^model OutboxMessage \{\n(?:.*\n)*?\}\n\n"
    found, times = re.subn(own, "", schema, flags=re.M)
    assert times == 1
    return found


def is_subsequence(old: str, new: str) -> bool:
    """Whether a diff from one to the other deletes no line."""
    rest = iter(new.splitlines())
    return all(line in rest for line in old.splitlines())


def official(questions: list[Case]) -> list[str]:
    """The real generator's schemas, with the template's generator and datasource blocks."""
    models = ask(questions, node.pinned(*node.BETTER_AUTH))
    return [
        render({**question, "features": []}).split("model ", 1)[0] + text[text.index("model ") :]
        for question, text in zip(questions, models, strict=True)
    ]


def offered_by_official(questions: list[Case]) -> list[str]:
    """The real generator's output for the template's schemas; empty if it adds nothing."""
    with TemporaryDirectory() as folder:
        existing = [Path(folder) / f"{number}.prisma" for number in range(len(questions))]
        for file, question in zip(existing, questions, strict=True):
            file.write_text(render(question))
        asked = [{**q, "existing": str(f)} for q, f in zip(questions, existing, strict=True)]
        return ask(asked, node.pinned(*node.BETTER_AUTH))


def without_list_defaults(schema: str) -> str:
    """The schema without list defaults on columns that are not lists, a known deviation."""
    return re.sub(r"^( +\w+ +\w+\??) +@default\(\[\]\)", r"\1", schema, flags=re.M)
