"""The schemas in this folder, with *generate* and with the official generator."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from better_auth_setup.generate.document import parse

from hooks import node
from hooks.official import ask
from tests.generate.auth import needs
from tests.generate.peoples import (
    FILES,
    FOLDER,
    MANY,
    Outcome,
    at_home,
    outcome,
    provider_of,
)
from tests.generate.run import generate
from tests.node import ask_prisma
from tests.schema.cases import is_subsequence
from tests.some import some

UP_TO_DATE = "up to date"
FITTING = "only lines added"
REALIGNED = "owner's lines re-aligned"
REMOVED = "owner's lines altered or missing"
INVALID = "no longer valid"
CRASHED = "crashed"
REPORTED = "left alone, with what to do"


def squeezed(schema: str) -> str:
    """The schema without alignment."""
    lines = (" ".join(line.split()) for line in schema.splitlines())
    return "\n".join(line for line in lines if line)


def official_results(plugins: list[str], texts: dict[str, str], folder: Path) -> list[Any]:
    """The official generator's text for each schema, empty if unchanged, or its error."""
    questions = []
    for name, text in texts.items():
        file = folder / f"{name}.prisma"
        file.write_text(text)
        features, options, adapter = at_home(name, plugins)
        provider = provider_of(parse(file, (FOLDER / file.name).read_text()))
        question = {"provider": provider, "features": features, "existing": str(file)}
        questions.append({**question, "options": options, "adapter": adapter, "mayFail": True})
    return ask(questions, node.pinned(*node.BETTER_AUTH))


def outcome_at_home(file: Path, plugins: list[str]) -> Outcome:
    features, *configured = at_home(file.stem, plugins)
    return outcome(features, file.read_text(), *configured)


def judged(before: str, after: str, error: str | None) -> str:
    """Classifies the result for a schema that was valid before."""
    if error:
        return INVALID
    if after == before:
        return UP_TO_DATE
    if is_subsequence(before, after):
        return FITTING
    return REALIGNED if is_subsequence(squeezed(before), squeezed(after)) else REMOVED


@pytest.mark.e2e
@pytest.mark.parametrize("plugins", [[], MANY], ids=["core", "plugins"])
def test_both_generators_on_real_schemas(
    plugins: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = {file.stem: outcome_at_home(file, plugins) for file in FILES}
    broken_before = ask_prisma([one.before for one in known.values()], "validate")
    known = {
        name: one
        for (name, one), error in zip(known.items(), broken_before, strict=True)
        if not error
    }
    assert len(known) >= 60 <= len(FILES)
    made = official_results(plugins, {name: one.before for name, one in known.items()}, tmp_path)
    texts = [
        one.before if not new or isinstance(new, dict) else new
        for one, new in zip(known.values(), made, strict=True)
    ]
    errors_of_theirs = ask_prisma(texts, "validate")
    theirs, ours = Counter[str](), Counter[str]()
    for one, new, text, error in zip(known.values(), made, texts, errors_of_theirs, strict=True):
        theirs[CRASHED if isinstance(new, dict) else judged(one.before, text, error)] += 1
    mine = {name: one.after for name, one in known.items() if not one.plan.problems}
    errors = dict(zip(mine, ask_prisma(list(mine.values()), "validate"), strict=True))
    for name, one in known.items():
        result = judged(one.before, mine[name], errors[name]) if name in mine else REPORTED
        ours[result] += 1
        assert result in (UP_TO_DATE, FITTING, REPORTED), f"{name}: {result} {errors.get(name)}"
    with capsys.disabled():
        report("plugins" if plugins else "core", theirs, ours)


def report(title: str, theirs: Counter[str], ours: Counter[str]) -> None:
    print(f"\n{title}: {ours.total()} schemas")
    print(f"{'':34}{'official':>10}{'ours':>10}")
    for what in (UP_TO_DATE, FITTING, REPORTED, REALIGNED, REMOVED, INVALID, CRASHED):
        print(f"{what:34}{theirs[what]:>10}{ours[what]:>10}")


def in_two_files(schema: str) -> tuple[str, str]:
    """A schema as two files: the users' models, and the rest."""
    document = parse(Path("schema.prisma"), schema)
    users = [block for block in document.blocks if re.match("users?$", block.name, re.I)]
    lines = {number for block in users for number in range(block.start, block.end + 1)}
    parts = ([], [])  # type: tuple[list[str], list[str]]
    for number, line in enumerate(document.lines):
        parts[number in lines].append(line)
    return "".join(parts[1]), "".join(parts[0])


@pytest.mark.e2e
def test_both_generators_on_schema_folders(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The official one gets the file with its models, because it takes only one."""
    whole = {file.stem: file.read_text() for file in FILES if file.stem != "nothing_yet"}
    valid = ask_prisma(list(whole.values()), "validate")
    whole = {n: t for (n, t), error in zip(whole.items(), valid, strict=True) if not error}
    files = {name: in_two_files(text) for name, text in whole.items()}
    made = official_results(MANY, {name: rest for name, (_, rest) in files.items()}, tmp_path)
    after, crashed = {}, {}
    for (name, parts), new in zip(files.items(), made, strict=True):
        crashed[name] = isinstance(new, dict)
        after[name] = (parts[0], parts[1] if crashed[name] or not new else new)
    theirs, ours = Counter[str](), Counter[str]()
    errors = ask_prisma(["\n".join(parts) for parts in after.values()], "validate")
    for (name, parts), error in zip(after.items(), errors, strict=True):
        result = judged("\n".join(files[name]), "\n".join(parts), error)
        theirs[CRASHED if crashed[name] else result] += 1
    mine: dict[str, list[str]] = {}
    for name, parts in files.items():
        features, options, adapter = at_home(name, MANY)
        provider = provider_of(parse(Path("schema.prisma"), whole[name]))
        wanted = needs(*features, provider=provider, options=options, adapter=adapter)
        try:
            mine[name] = generate(wanted, *parts)
        except ValueError:
            ours[REPORTED] += 1
    errors = ask_prisma(["\n".join(new) for new in some(mine.values())], "validate")
    for (name, new), error in zip(mine.items(), errors, strict=True):
        result = judged("\n".join(files[name]), "\n".join(new), error)
        ours[result] += 1
        assert result in (UP_TO_DATE, FITTING), f"{name}: {result} {error}"
    with capsys.disabled():
        report("plugins, in folders", theirs, ours)
