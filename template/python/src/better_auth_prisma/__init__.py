"""better-auth-server on a Prisma schema, behind FastAPI.

Three parts, each of which can be read by itself: the adapter reads and writes the tables that
``prisma db push`` made, the HTTP glue serves the routes of better-auth and tells the application
who is signed in, and *generate* keeps ``schema.prisma`` in step with the auth configuration.

This package comes from the project's template, and a template update refreshes it: keep your own
code out of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from better_auth_prisma.adapter import PrismaAdapter, prisma_adapter
    from better_auth_prisma.database_url import DatabaseUrlError, create_prisma_engine
    from better_auth_prisma.readiness import is_ready

__all__ = [
    "DatabaseUrlError",
    "PrismaAdapter",
    "create_prisma_engine",
    "is_ready",
    "prisma_adapter",
]

_MODULES = {
    "DatabaseUrlError": "database_url",
    "PrismaAdapter": "adapter",
    "create_prisma_engine": "database_url",
    "is_ready": "readiness",
    "prisma_adapter": "adapter",
}


def __getattr__(name: str) -> object:
    """Imports a part when it is asked for: *generate* and the setup need no SQLAlchemy."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
