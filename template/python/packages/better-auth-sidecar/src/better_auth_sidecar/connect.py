"""``python -m better_auth_sidecar.connect PLACE``: connects as the application does.

It reads DATABASE_URL from the environment; PLACE is the source of the value. If the connection
fails, the exit status is 1, and a line that begins with ``problem: `` has the remedy. A missing
database is not a failure: Prisma creates it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import ssl
import sys
from pathlib import Path
from typing import Any

from better_auth_sidecar.database_url import DatabaseUrlError, PostgresqlUrl, read_database_url

#: PgBouncer's error for startup parameters that it does not track.
_UNSUPPORTED = re.compile(r"unsupported startup parameter(?: in options)?: (\w+)")


def problem(url: str, root: Path, place: str) -> str:
    """What to change in a database URL; empty if the application can connect or has no driver.

    Args:
        url: the value of DATABASE_URL.
        root: the project's folder.
        place: where it is set, such as "DATABASE_URL in .env.local".
    """
    try:
        found = read_database_url(url, root)
    except DatabaseUrlError as error:
        return f"{error} The value is that of {place}."
    if not isinstance(found, PostgresqlUrl):
        return ""
    try:
        import asyncpg  # type: ignore[import-untyped]
    except ModuleNotFoundError:
        return ""
    try:
        is_pooled = asyncio.run(_is_pooled(asyncpg, found))
    except asyncpg.InvalidCatalogNameError:
        return ""
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return _advice(error, place)
    if is_pooled and found.prepares:
        return f"Add pgbouncer=true to {place}: a pooler in transaction mode is in front of it."
    return ""


async def _is_pooled(asyncpg: Any, url: PostgresqlUrl) -> bool:
    """Whether two client connections share one server connection."""
    # Unnamed statements work behind a pooler.
    arguments = {**url.asyncpg_arguments(), "statement_cache_size": 0}
    connections = []
    try:
        pids = []
        for _ in range(2):
            connection = await asyncpg.connect(**arguments)
            connections.append(connection)
            pids.append(await connection.fetchval("SELECT pg_backend_pid()"))
        return len(set(pids)) == 1
    finally:
        for connection in connections:
            with contextlib.suppress(OSError, TimeoutError):
                await connection.close(timeout=2)


def _advice(error: Exception, place: str) -> str:
    message = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = error.verify_message.rstrip(".")
        if "mismatch" in reason or "not valid for" in reason:
            return (
                f"Name the host in {place} as its certificate does, or add sslmode=no-verify: "
                f"{reason}."
            )
        return f"Add sslrootcert= (its authority's file) or sslmode=no-verify to {place}: {reason}."
    if found := _UNSUPPORTED.search(message):
        return f"Remove {found[1]}= from {place}: the pooler does not take it."
    if "no encryption" in message:
        return f"Add sslmode=verify-full to {place}: the server requires TLS."
    if "valid client certificate" in message:
        return f"Add sslcert= and sslkey= to {place}: the server requires a client certificate."
    return f"Correct {place}: the application cannot connect ({message})."


if __name__ == "__main__":
    advice = problem(os.environ["DATABASE_URL"], Path.cwd(), sys.argv[1])
    if advice:
        print(f"problem: {advice}")
        sys.exit(1)
