#!/usr/bin/env python3
"""Starts packages/better-auth-setup, which does the work, after checking that it can run."""

import os
import runpy
import sys
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if not {"-h", "--help", "--check"} & {*sys.argv}:
    with suppress(OSError):  # first of all: Copier can only create it readable for others
        ROOT.joinpath(".env.local").chmod(0o600)
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        "setup: Use Python 3.11 or newer, such as: python3.12 scripts/setup.py\n"
        f"This is {sys.version.split()[0]}: {sys.executable}"
    )
if os.name == "nt":
    sys.exit("setup: This needs Linux or macOS; on Windows, use WSL.")

USAGE = """\
Installs what the project needs, and brings its database up to date.

  python3 scripts/setup.py  do it; again after each pull or update
    --check                 only report what setup would do
    --accept-data-loss      drop from the database what is not in the schema
    --no-merge              do not merge an update's conflicts in the schema
    --start-migrations      write prisma/migrations/0_init, for later migrations"""
BOOTSTRAP = ROOT / "packages/better-auth-setup/src/better_auth_setup/bootstrap.py"

if __name__ == "__main__":
    if {"-h", "--help"} & {*sys.argv}:
        print(USAGE)
        sys.exit()
    try:
        runpy.run_path(str(BOOTSTRAP))["main"](Path(__file__))
    except KeyboardInterrupt:
        sys.exit("setup: Interrupted; run it again to go on.")
