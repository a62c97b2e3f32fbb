"""Setup of a development environment for a project with better-auth and Prisma.

It installs packages, keeps ``schema.prisma`` and the database in step with the auth configuration,
and runs an embedded PostgreSQL. The command line is ``better-auth-setup``; these functions are for
an application and its tests.
"""

from pathlib import Path

from better_auth_setup.problem import Problem

__all__ = ["Problem", "start_database", "test_database"]


def start_database(root: Path) -> bool:
    """Starts the embedded PostgreSQL if DATABASE_URL names it and it is stopped.

    For the start of a development server; it takes milliseconds if there is nothing to do.

    Args:
        root: the project's folder.

    Returns:
        Whether DATABASE_URL names the embedded PostgreSQL, which is then running.

    Raises:
        Problem: it cannot be started.
    """
    from better_auth_setup.embedded_postgres import ensure_running
    from better_auth_setup.settings import Settings

    return ensure_running(root, Settings(root).get("DATABASE_URL"))


def test_database(root: Path) -> str:
    """As `better_auth_setup.testing.test_database`, which is imported when it is called."""
    from better_auth_setup.testing import test_database

    return test_database(root)


#: Otherwise pytest would collect it as a test.
test_database.__test__ = False  # type: ignore[attr-defined]
