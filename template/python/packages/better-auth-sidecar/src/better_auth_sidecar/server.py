"""The application's handle on the auth server: lifespan, proxy and internal routes."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from better_auth_sidecar.access_log import hide_tokens
from better_auth_sidecar.addresses import keep_peers
from better_auth_sidecar.configuration import Configuration
from better_auth_sidecar.errors import AuthServerError
from better_auth_sidecar.process import AuthProcess
from better_auth_sidecar.proxy import AuthProxy, ProxyResponse, reach
from better_auth_sidecar.settings import Settings

#: Headers of the caller that internal requests forward: the credentials and the request id.
_PASSED_ON = ("authorization", "cookie", "x-api-key", "x-request-id")
#: Seconds after which development fetches the configuration of a server at a URL again.
_DEVELOPMENT_REFRESH = 5


class Answer(NamedTuple):
    """A response of the auth server."""

    #: The JSON of the body.
    data: Any
    #: Values of ``Set-Cookie``, to be set in the response to the caller.
    cookies: list[str]


class AuthServer:
    """The auth server: a child process, or a server at a URL.

    All worker processes of an application share one child process: the first worker starts it, and
    another worker takes over when that one exits.

    Args:
        root: the project's folder, which has ``auth/server.ts``.
        settings: the application's settings.
        url: where the auth server runs; default: ``settings.auth_server_url``, or else a child
            process.
    """

    def __init__(self, root: Path, settings: Settings, *, url: str = "") -> None:
        keep_peers()
        self.root, self.settings = root, settings
        self._key = hmac.digest(settings.secret.encode(), b"internal", "sha256").hex()
        self._process: AuthProcess | None = None
        self.url = url or settings.auth_server_url
        if not self.url:
            self.url = "http://localhost"
            self._process = AuthProcess(
                root,
                settings.for_auth_server(),
                watch=not settings.is_production,
                is_up=partial(self._internal, "GET", "configuration"),
            )
        self._http: aiohttp.ClientSession | None = None
        self._configuration: Configuration | None = None
        self._generation = 0
        self._asking = asyncio.Lock()
        self._companions: list[Callable[[], AbstractAsyncContextManager[None]]] = []
        #: The ASGI application for ``app.mount("/api/auth", …)``.
        self.proxy = AuthProxy(self, settings)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Runs the auth server for the lifespan of the application, shared with other workers.

        It does not wait for the server to be up: requests do.

        Raises:
            AuthServerError: the platform cannot run it; the message has the reason.
        """
        hide_tokens()
        connector: aiohttp.BaseConnector
        # Idle connections are closed before the server closes them (after 65 s). In development
        # none is kept alive: a restart would close it under a request.
        keep: dict[str, Any] = {"limit": 100, "keepalive_timeout": 30}
        if self._process is None:
            connector = aiohttp.TCPConnector(**keep)
        else:
            if self._process.watch:
                keep = {"limit": 100, "force_close": True}
            connector = aiohttp.UnixConnector(str(self._process.prepare()), **keep)
        async with aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            response_class=ProxyResponse,
            auto_decompress=False,
            max_line_size=64 * 1024,
            max_field_size=64 * 1024,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=60),
        ) as self._http:
            self._asking = asyncio.Lock()  # of the current event loop: tests have several
            task = asyncio.create_task(self._process.run()) if self._process else None
            try:
                async with contextlib.AsyncExitStack() as companions:
                    companions.enter_context(_following_supervisor())
                    for companion in self._companions:
                        await companions.enter_async_context(companion())
                    yield
            finally:
                if task:
                    task.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await task
                self._configuration = self._http = None

    def beside(self, companion: Callable[[], AbstractAsyncContextManager[None]]) -> None:
        """Enters another context manager with `running`, such as a connection pool."""
        self._companions.append(companion)

    @property
    def http(self) -> aiohttp.ClientSession:
        """The HTTP client for the auth server.

        Raises:
            AuthServerError: outside `running`.
        """
        if self._http is None:
            raise AuthServerError(
                "Add `async with auth_server.running()` to the lifespan of the application: the "
                "auth server does not run."
            )
        return self._http

    async def ask(
        self,
        path: str,
        headers: Headers | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Calls ``POST /internal/{path}`` with the credentials of the caller's headers.

        Raises:
            AuthServerError: the auth server cannot be reached, or did not answer with 200.
            HTTPException: 429 for an API key above its rate limit.
        """
        known = [
            (name, value)
            for name in _PASSED_ON
            for value in (headers.getlist(name) if headers else ())
        ]
        return await self._internal("POST", path, known, body)

    async def configuration(self) -> Configuration:
        """The part of ``auth.ts`` that Python needs; fetched once, and again after a restart.

        Raises:
            AuthServerError: the auth server cannot be reached, or is of another version.
        """
        if self._is_current():
            assert self._configuration is not None
            return self._configuration
        async with self._asking:  # one fetch for all concurrent requests
            if not self._is_current():
                generation = self._latest()
                try:
                    found = await self._read_configuration()
                except AuthServerError:
                    # A server at a URL may fail while auth.ts is edited: keep the last
                    # configuration.
                    if self._configuration is None or self._process:
                        raise
                    found = self._configuration
                if found != self._configuration:  # sessions.py compares by identity
                    self._configuration = found
                self._generation = generation
            assert self._configuration is not None
            return self._configuration

    async def _read_configuration(self) -> Configuration:
        answer = await self._internal("GET", "configuration")
        try:
            return Configuration.model_validate(answer.data)
        except ValueError as error:
            raise AuthServerError(
                "Use the same version of better-auth-sidecar in Python and in auth/app.ts: "
                "the auth server describes its configuration in another way."
            ) from error

    def _is_current(self) -> bool:
        return self._configuration is not None and self._latest() == self._generation

    def _latest(self) -> int:
        if self._process:
            return self._process.generation() if self._process.watch else 0
        # An external server does not report edits of auth.ts.
        return 0 if self.settings.is_production else int(time.monotonic() / _DEVELOPMENT_REFRESH)

    async def is_ready(self, seconds: float = 2) -> bool:
        """Whether auth server and database answer within ``seconds``; for readiness probes."""
        try:
            async with asyncio.timeout(seconds):
                await self._internal("GET", "ready")
        except (AuthServerError, TimeoutError):
            return False
        return True

    async def _internal(
        self,
        method: str,
        path: str,
        headers: Iterable[tuple[str, str]] = (),
        body: Mapping[str, Any] | None = None,
    ) -> Answer:
        sent = [*headers, ("x-internal-key", self._key), ("content-type", "application/json")]
        data = json.dumps(body).encode() if body is not None else None
        url = f"{self.url}/internal/{path}"
        try:
            # The routes for tests insert rows; all others are idempotent.
            may_repeat = not path.startswith("test-")
            async with reach(self, method, url, sent, data, may_repeat=may_repeat) as response:
                text = await response.text(errors="replace")
                if response.status == 404:
                    never = "" if may_repeat else " (in production, it never is)"
                    raise AuthServerError(
                        "Mount internalRoutes(auth, secret, env.isProduction) at /internal/* in "
                        "auth/app.ts, and give both servers the same BETTER_AUTH_SECRET: "
                        f"/internal/{path} is not there{never}."
                    )
                if response.status == 429:
                    raise HTTPException(429, "This API key was used too often. Try again later.")
                if response.status != 200:
                    raise AuthServerError(
                        f"/internal/{path} answered {response.status}: {text[:200]}"
                    )
                return Answer(json.loads(text), response.headers.getall("set-cookie", []))
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise AuthServerError(f"The auth server did not answer: {error!r}") from error


@contextlib.contextmanager
def _following_supervisor() -> Iterator[None]:
    """Ends this worker when the process that supervises or reloads it was killed.

    Otherwise Uvicorn's workers would go on, and keep their port from the next start.
    """
    supervisor = multiprocessing.parent_process()
    if supervisor is None or sys.platform == "win32":
        yield
        return
    loop = asyncio.get_running_loop()

    def end() -> None:
        loop.remove_reader(supervisor.sentinel)
        os.kill(os.getpid(), signal.SIGTERM)

    loop.add_reader(supervisor.sentinel, end)  # it can be read at the end of the process
    try:
        yield
    finally:
        loop.remove_reader(supervisor.sentinel)
