"""Test helpers for applications: sign users in without a password or a mail."""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from better_auth_sidecar.cookies import signed_cookie
from better_auth_sidecar.errors import AuthServerError
from better_auth_sidecar.node import find_node
from better_auth_sidecar.server import AuthServer


class Client(Protocol):
    """The interface that `sign_in` needs of httpx's clients and Starlette's ``TestClient``."""

    @property
    def cookies(self) -> Any: ...
    @property
    def headers(self) -> Any: ...


async def sign_in(client: Client, auth_server: AuthServer, **user: Any) -> str:
    """Creates a user without a password and signs the client in as that user.

    The database hooks of ``auth.ts`` run as for every new user and session.

    Args:
        client: gets the session cookie, and an ``Origin`` header if it has none.
        auth_server: must be ``running``, and not in production.
        user: fields of the user by better-auth's names, such as ``role="admin"``. Defaults: a name,
            and a random e-mail address that is verified.

    Returns:
        The user's id.

    Raises:
        LookupError: ``auth.ts`` has no such field.
        AuthServerError: the auth server is in production, cannot be reached, or refuses the user.
    """
    configuration = await auth_server.configuration()
    table, settings = configuration.tables.user, auth_server.settings
    if unknown := user.keys() - table.fields.keys():
        raise LookupError(f"auth.ts has no field {sorted(unknown)[0]!r} in {table.name!r}")
    person = {
        "name": "Ada Lovelace",
        "email": f"{secrets.token_hex(8)}@example.com",
        "emailVerified": True,
        **user,
    }
    body = {name: _as_json(value) for name, value in person.items()}
    created = (await auth_server.ask("test-sign-in", body=body)).data
    cookie = signed_cookie(created["token"], settings.secret)
    client.cookies.set(configuration.cookie.name, cookie)
    client.headers.setdefault("Origin", settings.better_auth_url)
    return str(created["id"])


async def verify_email(auth_server: AuthServer, email: str) -> None:
    """Marks a user's e-mail address as verified, as the link in the mail does.

    Raises:
        LookupError: no user has this address.
        AuthServerError: the auth server is in production, or cannot be reached.
    """
    answer = await auth_server.ask("test-verify-email", body={"email": email})
    if answer.data["id"] is None:
        raise LookupError(f"nobody has the address {email}")


def free_url() -> str:
    """A URL on this machine where no server listens."""
    while True:
        port = 30_000 + secrets.randbelow(2_000)  # below those that systems give to connections
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return f"http://127.0.0.1:{port}"


@asynccontextmanager
async def serve_auth(root: Path, config: str, url: str) -> AsyncIterator[None]:
    """Serves an ``auth.ts`` in place of a Next.js server.

    Args:
        root: the project's folder, with ``packages/better-auth-sidecar``.
        config: the path of ``auth.ts`` in it. It is run by Node.js with this process's environment.
        url: where the application expects the auth server, as from `free_url`.

    Raises:
        AuthServerError: the configuration cannot be loaded; its error is on stderr.
    """
    script = root / "packages" / "better-auth-sidecar" / "node" / "serve.mjs"
    port = urlsplit(url).port
    process = await asyncio.create_subprocess_exec(
        *(find_node(), str(script), str(root / config), str(port)),
        cwd=root,
        stdin=asyncio.subprocess.PIPE,
    )
    try:
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            except OSError:
                if process.returncode is not None:
                    raise AuthServerError(f"{config} cannot be loaded.") from None
                await asyncio.sleep(0.05)
        yield
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
