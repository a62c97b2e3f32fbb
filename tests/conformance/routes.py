"""Records what each route of better-auth takes, for the attacks in `mistyped`.

Usage: python -m tests.conformance.routes, in `make data`
"""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path

from tests.answers import EVERYTHING
from tests.project.typescript import run_node
from tests.project.typescript_sources import install_packages
from tests.project.workshop import Workshop

ROUTES = Path(__file__).with_name("routes.txt")
_SCRIPT = Path(__file__).with_name("routes.mjs")


def routes(project: Path) -> str:
    """What the routes of a TypeScript project's better-auth take, one per line."""
    return run_node(project, "--input-type=module", "--eval", _SCRIPT.read_text())


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder, "project")
        url = "postgresql://app@127.0.0.1/app"  # Nothing is queried.
        settings = {"DATABASE_URL": url, "BETTER_AUTH_SECRET": secrets.token_urlsafe(32)}
        answers = {"stack": "typescript", **EVERYTHING}
        Workshop(install_packages(), url).render(answers, project, settings)
        ROUTES.write_text(routes(project))


if __name__ == "__main__":
    main()
