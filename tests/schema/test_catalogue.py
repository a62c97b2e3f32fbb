"""The catalogue matches better-auth, and a new release moves nothing that was released."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hooks.catalogue import CATALOGUE, dump, load, refreshed
from hooks.layout import Catalogue, append
from hooks.node import REPOSITORY
from hooks.official import FEATURES, PROVIDERS
from hooks.versions import RELEASES, kept_releases
from tests.answers import plugin_data
from tests.schema.cases import Case, is_subsequence, render, singles
from tests.some import some
from tests.template import environment

EVERYTHING: Case = {"provider": "postgresql", "features": list(FEATURES)}


def test_each_plugin_and_option_is_a_feature() -> None:
    offered = [
        feature
        for plugin, data in plugin_data().items()
        for feature in [plugin, *data.get("options", {})]
    ]
    assert [*offered, "rate-limit"] == list(FEATURES) == load(CATALOGUE)["features"]


def check(catalogue: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hooks.catalogue", "--check", "--output", str(catalogue)]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)


@pytest.mark.e2e
def test_the_committed_catalogue_matches_the_pinned_versions(tmp_path: Path) -> None:
    result = check(CATALOGUE)
    assert (result.returncode, result.stderr) == (0, "")

    edited = tmp_path / "catalogue.json"
    edited.write_text(CATALOGUE.read_text().replace('["banned", "Boolean?"', '["banned", "Int?"'))
    result = check(edited)
    assert result.returncode == 1
    assert result.stderr == (
        f"{edited} is not what the pinned versions generate; run: python -m hooks.catalogue\n"
    )


def test_a_failed_recording_is_reported_in_one_sentence(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hooks.catalogue", "--versions", "nowhere.json"]
    result = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stderr.startswith("The catalogue could not be made: ")
    assert "nowhere.json" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.e2e
def test_real_releases_are_appended_in_order(tmp_path: Path) -> None:
    """Only better-auth 1.7.2 has a field `issuer` of accounts, and neither 1.6.33 nor 1.7.25."""
    file = tmp_path / "catalogue.json"
    history = []
    for release in [*(RELEASES / f"{version}.json" for version in kept_releases()), None]:
        file.write_text(refreshed(file, release))
        history.append(load(file))
    first, second, *_, pinned = history
    committed = load(CATALOGUE)

    for case in some(unchanged_by_releases()):
        old, middle, *_, new = (rendered_from(catalogue, case) for catalogue in history)
        assert is_subsequence(old, middle)
        assert is_subsequence(old, new)
        assert all("issuer" in line for line in set(middle.splitlines()) - set(new.splitlines()))
    for provider in PROVIDERS:
        case = {"provider": provider, "features": list(FEATURES)}
        assert rendered_from(pinned, case) == rendered_from(committed, case) == render(case)
    assert "issuer" in dump(second)
    assert "issuer" not in dump(first).split("SsoProvider")[0]
    assert [catalogue["version"] for catalogue in history[:2]] == ["1.6.33", "1.7.2"]
    assert pinned["version"] == committed["version"]


def unchanged_by_releases() -> list[Case]:
    """Each feature alone, if the releases only added to it.

    They removed fields and models from two plugins, and on MySQL a new index changes a column's
    type.
    """
    rewritten = {"oauth-provider", "scim"}
    found = [case for case in singles() if case["provider"] != "mysql"]
    return [case for case in found if not rewritten & set(case["features"])]


def test_a_later_release_appends_to_the_catalogue() -> None:
    """A new field, model and index of a release move no existing line."""
    released = load(CATALOGUE)
    rows = rows_of(released)
    assert append(released, rows, released["version"]) == released

    session = next(row for row in rows if (row["model"], row["feature"]) == ("Session", "core"))
    session["fields"].insert(0, ["device", "String?", ""])
    user = next(row for row in rows if (row["model"], row["feature"]) == ("User", "admin"))
    user["fields"].append(["bannedBy", "String?", ""])
    passkey = next(row for row in rows if row["model"] == "Passkey")
    passkey["attributes"].insert(0, ["@@index([counter])"])
    log = {"feature": "admin", "model": "AdminLog", "fields": [["id", "String", "@id"],
           ["at", "DateTime", ""]], "attributes": [['@@map("adminLog")']]}  # fmt: skip
    newer = append(released, [*rows, log], "1.9.0")

    old, new = rendered_from(released, EVERYTHING), rendered_from(newer, EVERYTHING)
    assert old == render(EVERYTHING)
    assert is_subsequence(old, new)
    assert "  userId    String\n\n  device String?\n\n  // admin\n" in new
    assert "  banExpires DateTime?\n\n  // admin, since 1.9.0\n  bannedBy String?\n" in new
    assert new.index("model AdminLog {") < new.index("model Verification {")


def rows_of(catalogue: Catalogue) -> list[dict[str, Any]]:
    """The official generator's output that would give this catalogue."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for model in catalogue["models"]:
        tail = {"feature": model["feature"], "fields": model["tail"]}
        for part in [*model["groups"], tail, *model["attributes"]]:
            row = rows.setdefault(
                (part["feature"], model["name"]),
                {
                    "feature": part["feature"],
                    "model": model["name"],
                    "fields": [],
                    "attributes": [],
                },
            )
            row["fields"] += part.get("fields", [])
            row["attributes"] += [part["line"]] if "line" in part else []
    return list(rows.values())


def rendered_from(catalogue: Catalogue, case: Case) -> str:
    """The schema that the template would render from another catalogue."""
    source = (REPOSITORY / "template/shared/schema.prisma.jinja").read_text()
    imported = '{%- from "template/shared/catalogue.jinja" import catalogue -%}'
    assert imported in source
    template = environment().from_string(source.replace(imported, ""))
    return template.render(case, stack="typescript", framework="hono", catalogue=catalogue)
