"""better-auth-server on a Prisma schema, behind FastAPI.

Three parts, each of which can be read by itself: the adapter reads and writes the tables that
``prisma db push`` made, the HTTP glue serves the routes of better-auth and tells the application
who is signed in, and *generate* keeps ``schema.prisma`` in step with the auth configuration.

This package comes from the project's template, and a template update refreshes it: keep your own
code out of it.
"""

from better_auth_prisma.adapter import PrismaAdapter, prisma_adapter
from better_auth_prisma.database_url import DatabaseUrlError, create_prisma_engine

__all__ = ["DatabaseUrlError", "PrismaAdapter", "create_prisma_engine", "prisma_adapter"]
