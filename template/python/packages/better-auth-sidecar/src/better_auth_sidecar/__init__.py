"""better-auth's own server beside a FastAPI application.

`AuthServer` starts the server of ``auth/server.ts`` as a child process, or reaches one that runs
elsewhere, and forwards ``/api/auth`` to it. `Settings` reads the environment and env files.
`Sessions` checks sessions for routes; `User` and `Session` are their Python models.

`better_auth_sidecar.engine` has an SQLAlchemy engine for a project's own tables, and
`better_auth_sidecar.testing` signed-in clients for its tests.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from better_auth_sidecar.body_limit import LimitBody
    from better_auth_sidecar.cors import CORSMiddleware
    from better_auth_sidecar.errors import AuthServerError
    from better_auth_sidecar.models import Session, User
    from better_auth_sidecar.renewal import SessionCookies
    from better_auth_sidecar.server import Answer, AuthServer
    from better_auth_sidecar.sessions import Sessions
    from better_auth_sidecar.settings import Settings

__all__ = [
    "Answer",
    "AuthServer",
    "AuthServerError",
    "CORSMiddleware",
    "LimitBody",
    "Session",
    "SessionCookies",
    "Sessions",
    "Settings",
    "User",
]

_MODULES = {
    "Answer": "server",
    "AuthServer": "server",
    "AuthServerError": "errors",
    "CORSMiddleware": "cors",
    "LimitBody": "body_limit",
    "Session": "models",
    "SessionCookies": "renewal",
    "Sessions": "sessions",
    "Settings": "settings",
    "User": "models",
}


if not TYPE_CHECKING:  # for a type checker, there would be every name

    def __getattr__(name: str) -> object:
        # Setup asks this package about a database URL, and need not load FastAPI for that.
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
