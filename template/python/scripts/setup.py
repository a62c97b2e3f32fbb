#!/usr/bin/env python3
"""Installs what the project needs, brings its database up to date, and says how to start it.

    python3 scripts/setup.py            do it; again after each pull or update
    python3 scripts/setup.py --check    look at everything, change nothing

It starts with the standard library alone. Everything it does is in ``packages/better-auth-setup``.
"""

import sys
from pathlib import Path

# Older Pythons must be able to read this file, to say what they lack.
if sys.version_info < (3, 11):  # noqa: UP036
    found = ".".join(map(str, sys.version_info[:3]))
    sys.exit(
        "setup: Python 3.11 or newer is needed, and " + sys.executable + " is " + found + ". "
        "Name another one, for example: python3.12 scripts/setup.py"
    )

sys.path.insert(
    0, str(Path(__file__).resolve().parents[1] / "packages" / "better-auth-setup" / "src")
)

from better_auth_setup.bootstrap import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
