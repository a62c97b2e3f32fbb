"""A plugin that somebody wrote into the auth config, with *generate*, before an update."""

from __future__ import annotations

from pathlib import Path

import pytest
from better_auth_setup.generate import tables
from better_auth_setup.generate.merge import merge

from hooks.catalogue import CATALOGUE, load
from hooks.layout import Catalogue
from tests.generate.auth import auth_with
from tests.generate.run import generate
from tests.generate.test_fresh import FEATURES, PLUGINS
from tests.node import ask_prisma
from tests.schema.cases import complete
from tests.update.edits import Edit
from tests.update.history import RECORDED
from tests.update.library import IN_RESERVED_PLACES, SCHEMA
from tests.update.project import COMMON, Projects
from tests.update.simulation import KEPT, Update, simulate

CHOSEN = [*COMMON["plugins"], *COMMON["plugin_options"], "rate-limit"]
#: A release took fields of it away, which *generate* never does.
SHRUNK = {"oauth-provider"}
OTHERS = [name for name in FEATURES if name not in {*complete(CHOSEN), *SHRUNK}]


def generated(
    schema: str, features: list[str], catalogue: Catalogue, patch: pytest.MonkeyPatch
) -> str:
    """The schema after *generate* of a release."""
    patch.setattr(tables, "catalogue", lambda: catalogue)
    (text,) = generate(auth_with(complete(features), PLUGINS), schema)
    return text


def test_generate_and_the_answers_lead_to_the_same_schema(
    projects: Projects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once written by hand and brought by *generate*, then updated; once answered in the update."""
    answers = {"stack": "python", **COMMON}
    old, now = load(RECORDED / "1.6.33.json"), load(CATALOGUE)
    base = projects.texts("0.1.0", answers)
    new = projects.texts("0.3.0", answers)
    posts: Edit = IN_RESERVED_PLACES[0]
    updates = []
    for feature in OTHERS:
        mine = posts.edited(base)
        mine[SCHEMA] = generated(mine[SCHEMA], [*CHOSEN, feature], old, monkeypatch)
        updates.append(Update(base, mine, new))
    by_hand, by_answers = [], []
    for feature, update, result in zip(OTHERS, updates, simulate(updates, tmp_path), strict=True):
        schema = result.files[SCHEMA]
        if SCHEMA in result.conflicts:
            merged = merge(update.base[SCHEMA], update.mine[SCHEMA], update.new[SCHEMA])
            assert merged.held_back == []
            schema = merged.text
        by_hand.append(generated(schema, [*CHOSEN, feature], now, monkeypatch))
        fresh = generated(new[SCHEMA], [*CHOSEN, feature], now, monkeypatch)
        by_answers.append(posts.edited({SCHEMA: fresh, KEPT: ""})[SCHEMA])
    assert ask_prisma(by_hand, "validate") == [None for _ in OTHERS]
    meanings = zip(ask_prisma(by_hand, "meaning"), ask_prisma(by_answers, "meaning"), strict=True)
    assert [name for name, (one, two) in zip(OTHERS, meanings, strict=True) if one != two] == []
