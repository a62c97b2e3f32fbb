"""Records what each route of better-auth takes, for the attacks in `mistyped`.

Usage: PYTHONPATH=template/python/packages/better-auth-setup/src python -m tests.conformance.routes
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from better_auth_setup import embedded_postgres

from tests.conformance.servers import Stacks, set_up
from tests.project.typescript import run_node

ROUTES = Path(__file__).with_name("routes.txt")
_SCRIPT = Path(__file__).with_name("routes.mjs")


def routes(stacks: Stacks) -> str:
    """What the routes of the projects' better-auth take, one per line."""
    return run_node(stacks.typescript, "--input-type=module", "--eval", _SCRIPT.read_text())


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "conformance"
        folder.mkdir()
        try:
            ROUTES.write_text(routes(set_up(folder)))
        finally:
            embedded_postgres.stop(folder)


if __name__ == "__main__":
    main()
