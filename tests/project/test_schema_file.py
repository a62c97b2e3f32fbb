"""Schema changes that an update cannot merge: setup merges or reports them."""

from __future__ import annotations

import pytest

from hooks.demo import STACKS
from tests.project.bench import SCHEMA, Bench
from tests.project.projects import sentence

pytestmark = [pytest.mark.e2e, pytest.mark.parametrize("stack", STACKS, scope="module")]


def ban_line(bench: Bench) -> str:
    """The schema's line of a field that the admin plugin needs."""
    (line,) = [one for one in bench.schema.read_text().splitlines(True) if "  banReason" in one]
    return line


def test_setup_completes_a_moved_schema_after_an_update(bench: Bench) -> None:
    moved = bench.project.folder / "db" / "schema.prisma"
    moved.parent.mkdir(exist_ok=True)
    whole = bench.schema.read_text()
    moved.write_text(whole.replace(ban_line(bench), ""))
    bench.schema.unlink()
    assert f"prisma.config.ts names {SCHEMA}, which does not exist" in bench.checked()
    assert f"prisma.config.ts names {SCHEMA}, which does not exist" in sentence(bench.setup())

    config = bench.project.folder / "prisma.config.ts"
    config.write_text(config.read_text().replace(SCHEMA, "db/schema.prisma"))
    bench.done()
    assert {*moved.read_text().split()} == {*whole.split()}
    moved.unlink()


def test_duplicates_are_removed_or_reported(bench: Bench, stack: str) -> None:
    whole, line = bench.schema.read_text(), ban_line(bench)
    bench.schema.write_text(whole.replace(line, line + line))
    if stack == "python":
        assert "User.banReason was defined twice: setup removes one." in bench.checked()
        assert "User.banReason was defined twice; one was removed" in bench.done()
        assert bench.schema.read_text() == whole
        bench.schema.write_text(whole.replace(line, line + line.replace("String?", "Int?   ")))
        message = "User.banReason is defined twice, differently. Keep one of each"
    else:
        message = f"{SCHEMA} has User.banReason twice: what setup had added"
    assert message in sentence(bench.setup())
