"""An update after the owner added a plugin by hand with *generate*."""

from __future__ import annotations

from pathlib import Path

from better_auth_setup.generate.merge import merge

from hooks.official import FEATURES
from tests.generate.auth import all_needs, with_each
from tests.generate.run import generate
from tests.node import ask_prisma
from tests.schema.cases import complete
from tests.update.edits import Edit
from tests.update.history import OLDEST, PRESENT, RELEASES
from tests.update.library import IN_RESERVED_PLACES, SCHEMA
from tests.update.project import COMMON, Projects
from tests.update.simulation import KEPT, Update, simulate

CHOSEN = [*COMMON["plugins"], *COMMON["plugin_options"], "rate-limit"]
#: Features of which a release removed fields; *generate* never removes any.
SHRUNK = {"oauth-provider", "scim", "scim-managed-connections"}
OTHERS = [name for name in FEATURES if name not in {*complete(CHOSEN), *SHRUNK}]


def test_generate_gives_the_same_schema_before_and_after_an_update(
    projects: Projects, tmp_path: Path
) -> None:
    """Adding a plugin with *generate* before an update gives the same as adding it afterwards."""
    answers = {"stack": "python", **COMMON}
    cases = with_each([complete([*CHOSEN, feature]) for feature in OTHERS], "postgresql")
    old = all_needs(cases, RELEASES[0].npm)
    now = all_needs(cases)
    base = projects.texts(OLDEST, answers)
    new = projects.texts(PRESENT, answers)
    posts: Edit = IN_RESERVED_PLACES[0]
    updates = []
    for needs in old:
        mine = posts.edited(base)
        (mine[SCHEMA],) = generate(needs, mine[SCHEMA])
        updates.append(Update(base, mine, new))
    by_hand, by_answers = [], []
    for needs, update, result in zip(now, updates, simulate(updates, tmp_path), strict=True):
        schema = result.files[SCHEMA]
        if SCHEMA in result.conflicts:
            merged = merge(update.base[SCHEMA], update.mine[SCHEMA], update.new[SCHEMA])
            assert merged.held_back == []
            schema = merged.text
        by_hand += generate(needs, schema)
        (fresh,) = generate(needs, new[SCHEMA])
        by_answers.append(posts.edited({SCHEMA: fresh, KEPT: ""})[SCHEMA])
    assert ask_prisma(by_hand, "validate") == [None for _ in OTHERS]
    meanings = zip(ask_prisma(by_hand, "meaning"), ask_prisma(by_answers, "meaning"), strict=True)
    assert [name for name, (one, two) in zip(OTHERS, meanings, strict=True) if one != two] == []
