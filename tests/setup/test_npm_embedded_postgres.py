"""npm's embedded PostgreSQL: tests that need no server."""

from __future__ import annotations

import subprocess
from pathlib import Path

from hooks.demo import environment
from tests.setup.npm_project import NODE_FILE
from tests.template import REPOSITORY

MODULE = (
    REPOSITORY / "template/typescript/packages/better-auth-setup/src/embedded-postgres.ts"
).as_uri()
REMOVE = f"""
const {{ remove }} = await import("{MODULE}");
const {{ spawn }} = await import("node:child_process");
const other = spawn("rm", ["-rf", "base", "global"], {{ cwd: "draft" }});
await new Promise((spawned) => other.once("spawn", spawned));
remove("draft");
"""


def test_an_incomplete_data_folder_of_a_failed_initdb_is_removed(tmp_path: Path) -> None:
    for attempt in range(3):
        draft = tmp_path / str(attempt) / "draft"
        for name in ("base", "global"):
            (draft / name).mkdir(parents=True)
            for number in range(2_000):
                (draft / name / str(number)).touch()
        command = [NODE_FILE, "--input-type=module", "--eval", REMOVE]
        subprocess.run(command, cwd=draft.parent, env=environment(), check=True, timeout=60)
        assert not draft.exists()
