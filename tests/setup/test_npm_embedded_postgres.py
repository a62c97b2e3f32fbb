"""The embedded PostgreSQL: tests that need no server."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from better_auth_setup.embedded_postgres._programs import errors

from hooks.node import environment
from tests.setup.npm_project import NODE_FILE, call
from tests.template import REPOSITORY
from tests.waiting import TIMEOUT

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
        subprocess.run(command, cwd=draft.parent, env=environment(), check=True, timeout=TIMEOUT)
        assert not draft.exists()


#: Output of initdb, and what is shown of it.
FAILURES = {
    "fixing permissions on existing directory /proc/self/cwd ... ok\n"
    "running bootstrap script ... 2026-11-29 08:18:18.170 UTC [622] FATAL:  could not extend file\n"
    "2026-11-29 08:18:18.170 UTC [622] HINT:  Check free disk space.\n"
    "child process exited with exit code 134\n"
    'initdb: removing contents of data directory "/proc/self/cwd"\n': [
        "FATAL:  could not extend file",
        "HINT:  Check free disk space",
    ],
    "initdb: could not look up effective user ID 12345: user does not exist\n": [
        "initdb: could not look up effective user ID 12345: user does not exist"
    ],
}


@pytest.mark.parametrize("output", FAILURES)
def test_a_failed_initdb_is_reported_by_its_errors(output: str) -> None:
    for reason in (errors(output), call("embedded-postgres", "errorsOf", output)):
        lines = [line.strip().rstrip(".") for line in reason.strip().splitlines()]
        assert lines == FAILURES[output]
