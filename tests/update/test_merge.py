"""Schemas with conflicts are merged by models and fields."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from better_auth_setup.generate.merge import Merged, merge

from tests.generate.auth import needs
from tests.generate.command import SOURCES
from tests.generate.run import generate
from tests.node import ask_prisma
from tests.schema.cases import complete, render
from tests.update.edits import Edit, above, below, fitting, instead, own
from tests.update.history import OLDEST, PRESENT
from tests.update.library import LIBRARY, SCHEMA, edits
from tests.update.project import COMMON as PROJECT
from tests.update.project import Project, Projects

#: Plugins of all these schemas, so that every edit of the library has its place.
COMMON = ["username", "admin", "organization", "organization-teams"]
MORE = ["two-factor", "passkey", "api-key", "jwt", "device-authorization", "sso", "rate-limit"]


def schema(*features: str) -> str:
    return render({"provider": "postgresql", "features": complete([*COMMON, *features])})


EDITS = [
    edit
    for edit in edits("python", LIBRARY)
    if edit.changes.keys() == {SCHEMA} and edit.has_place({SCHEMA: schema()})
]


def edited(text: str, script: list[Edit]) -> str:
    for edit in script:
        change = edit.changes[SCHEMA]
        assert change
        text = change(text)
    return text


def merged_by_lines(base: str, mine: str, new: str, folder: Path) -> bool:
    """Whether `git merge-file`, which Copier uses, leaves no conflict."""
    names = ["mine", "base", "new"]
    for name, text in zip(names, (mine, base, new), strict=True):
        (folder / name).write_text(text)
    command = ["git", "merge-file", "--stdout", *names]
    return subprocess.run(command, cwd=folder, capture_output=True).returncode == 0


def lost(mine: str, result: Merged, base: str) -> list[str]:
    """The owner's lines that are missing."""
    after = [" ".join(line.split()) for line in result.text.splitlines()]
    old = [" ".join(line.split()) for line in base.splitlines()]
    lines = [" ".join(line.split()) for line in mine.splitlines()]
    return [line for line in lines if line not in old and line not in after]


def check(cases: list[tuple[str, str, str, str]]) -> None:
    """Merges each (base, mine, new, new with the edits), and compares the meaning."""
    results = []
    for base, mine, new, _ in cases:
        result = merge(base, mine, new)
        assert lost(mine, result, base) == []
        assert merge(new, result.text, new).text == result.text
        results.append(result.text)
    assert set(ask_prisma(results, "validate")) == {None}
    meanings = ask_prisma([*results, *(expected for *_, expected in cases)], "meaning")
    different = [
        number for number in range(len(cases)) if meanings[number] != meanings[number + len(cases)]
    ]
    assert different == []


def rough_edits(common: list[str], chance: random.Random) -> list[Edit]:
    """Edits next to a release's lines, at lines that occur once in both schemas."""
    found = []
    for number, line in enumerate(sorted({*chance.choices(common, k=6)})):
        if line.startswith("  //"):
            found.append(Edit(f"no {line}", {SCHEMA: instead(f"{line}\n", "")}))
        elif line.startswith("  @@"):
            found.append(Edit(f"above {line}", {SCHEMA: above(line, f"  own{number} Int?", "")}))
        elif line.startswith("model"):
            found.append(
                Edit(f"in {line}", {SCHEMA: below(line, f"  /// First\n  own{number} Int?")})
            )
        elif number % 2:
            found.append(Edit(f"below {line}", {SCHEMA: below(line, f"  own{number} String?")}))
        else:
            found.append(Edit(f"at {line}", {SCHEMA: instead(line, f"{line} // own {number}")}))
    return found


def places(base: str, new: str, touched: tuple[str, str]) -> list[str]:
    """Lines that occur once in each schema, with those near new lines repeated as weights."""
    old, later = base.splitlines(), new.splitlines()
    start = next(n for n, line in enumerate(old) if line.startswith("model"))
    near = {
        n
        for _, first, last, *_ in SequenceMatcher(None, old, later, False).get_opcodes()
        for n in (first - 1, first, last, last + 1)
    }
    return [
        line
        for n, line in enumerate(old)
        if n >= start
        and line.startswith(("  ", "model"))
        and all(f"{text}\n".count(f"{line}\n") == text.count(line) == 1 for text in (new, *touched))
        for _ in range(8 if n in near else 1)
    ]


def random_case(seed: int) -> tuple[str, str, str, str]:
    """An update between two sets of plugins, with edits of the library and rough ones."""
    chance = random.Random(seed)
    old = chance.sample(MORE, chance.randint(0, 3))
    later = [*old, *chance.sample(MORE, chance.randint(1, 4))]
    base, new = schema(*old), schema(*later)
    script = fitting(chance.sample(EDITS, chance.randint(1, 4)), {SCHEMA: base})
    touched = edited(base, script), edited(new, script)
    script += rough_edits(places(base, new, touched), chance)
    if chance.random() < 0.3:
        base, new = new, base
    return base, edited(base, script), new, edited(new, script)


@pytest.mark.parametrize(
    "seeds", [range(60), pytest.param(range(60, 2000), marks=pytest.mark.exhaustive)], ids=str
)
def test_the_merge_applies_the_release_and_loses_no_line(seeds: range) -> None:
    check([random_case(seed) for seed in seeds])


def test_edited_models_of_a_removed_plugin_are_kept() -> None:
    base, new = schema("passkey", "jwt"), schema("jwt")
    mine = base.replace("  aaguid       String?\n", "  aaguid       String? // of the maker\n")
    assert mine != base
    result = merge(base, mine, new)
    assert result.text == mine
    assert result.held_back == [
        "User: passkeys is not needed any more",
        "Passkey is not needed any more, but was edited",
    ]
    assert merge(base, base, new).text == new


LOGIN = """
model Login {
  id        String  @id
  passkeyId String
  passkey   Passkey @relation(fields: [passkeyId], references: [id])
}
"""


def test_referenced_models_of_a_removed_plugin_are_kept() -> None:
    base, new = schema("passkey"), schema()
    mine = own("Passkey", "  logins Login[]")(base) + LOGIN
    result = merge(base, mine, new)
    assert "Passkey is not needed any more, but was edited" in result.held_back
    assert ask_prisma([mine, result.text], "validate") == [None, None]


def test_renamed_models_and_columns_are_recognized() -> None:
    base, new = schema(), schema("two-factor", "passkey")
    mine = re.sub(r"\bUser\b(?! go)", "Person", base)
    mine = mine.replace("  ipAddress String?", '  ip String? @map("ipAddress")')
    result = merge(base, mine, new)
    assert ask_prisma([mine, result.text], "validate") == [None, None]
    assert "user Person @relation" in " ".join(result.text.split())
    assert "passkeys Passkey[]" in " ".join(result.text.split())
    assert result.held_back == []


def test_crlf_is_kept() -> None:
    base, new = schema(), schema("two-factor", "jwt")
    result = merge(base, base.replace("\n", "\r\n"), new)
    assert result.text == new.replace("\n", "\r\n")


def test_contradicting_changes_keep_the_edit_and_are_reported() -> None:
    base = schema()
    new = base.replace("  slug      String   @unique", "  slug      String?  @unique")
    mine = base.replace(
        "  slug      String   @unique", "  slug      String   @unique @db.VarChar(80)"
    )
    if base in (new, mine):
        raise AssertionError("the schema has no such line")
    result = merge(base, mine, new)
    assert result.text == mine
    assert result.held_back == [
        "Organization: the release has `slug String? @unique`, but you have edited it"
    ]


def test_a_plugin_added_by_generate_is_not_added_again() -> None:
    base, new = schema(), schema("two-factor", "jwt")
    (generated,) = generate(needs("two-factor", "jwt"), base + "\nmodel Own {\n  id Int @id\n}\n")
    assert merge(base, generated, new).text == generated


def test_an_invalid_schema_is_left_unchanged() -> None:
    with pytest.raises(ValueError, match="<<<<<<<"):
        merge(schema(), "<<<<<<< before updating\n" + schema(), schema())


#: A field where the new release adds its own.
ROTATED = instead("  privateKey String\n\n", "  privateKey String\n\n  rotatedBy String?\n")

MERGE = """
import sys
from pathlib import Path
from better_auth_setup.conflicts import can_merge, find, merge
from better_auth_setup.console import Console
root = Path.cwd()
print(merge(root, [name for name in find(root) if can_merge(root, name)], Console()))
"""


@pytest.fixture
def conflicting(projects: Projects, tmp_path: Path) -> Project:
    """A project whose update left conflicts in its schema."""
    project = projects.committed(OLDEST, {"stack": "python", **PROJECT}, tmp_path / "shop")
    schema = project.folder / SCHEMA
    schema.write_text(ROTATED(schema.read_text()))
    project.commit("Work")
    project.update(PRESENT)
    assert project.conflicts() == [SCHEMA]
    return project


def refusal(project: Project, *flags: str) -> str:
    """Runs setup, which must refuse; returns its message."""
    folders = [str(project.folder / folder) for folder in SOURCES]
    done = subprocess.run(
        [sys.executable, "-m", "better_auth_setup", "setup", *flags],
        cwd=project.folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    return done.stderr


def test_conflicts_stay_if_wanted_or_if_git_lacks_the_versions(
    conflicting: Project,
) -> None:
    sentence = "The last update left conflicts in prisma/schema.prisma; resolve them"
    assert sentence in refusal(conflicting, "--no-merge")
    conflicting.commit("With its markers")
    assert sentence in refusal(conflicting)


def test_setup_resolves_the_conflicts_of_an_update(
    projects: Projects, conflicting: Project, tmp_path: Path
) -> None:
    project = conflicting
    folders = [str(project.folder / folder) for folder in SOURCES]
    output = subprocess.run(
        [sys.executable, "-c", MERGE],
        cwd=project.folder,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(folders),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "Jwks: added alg, crv" in output
    fresh = projects.rendered(PRESENT, {"stack": "python", **PROJECT}, tmp_path / "fresh")
    assert project.conflicts() == []
    schema = project.folder / SCHEMA
    expected = ROTATED((fresh.folder / SCHEMA).read_text())
    assert ask_prisma([schema.read_text()], "meaning") == ask_prisma([expected], "meaning")
    unmerged = subprocess.run(
        ["git", "ls-files", "--unmerged"], cwd=project.folder, capture_output=True, text=True
    )
    assert unmerged.stdout == ""
