"""Runs the auth server as one child process, shared by all workers of the application."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import socket
import sys
import tempfile
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from better_auth_sidecar.errors import AuthServerError
from better_auth_sidecar.node import check_node, find_node

logger = logging.getLogger("uvicorn.error.auth_server")

_SERVER = "auth/server.ts"
#: A server that exits within this many seconds of its first response is restarted with a pause.
_STEADY = 1.0
#: Seconds before a failed start is retried: the first pause, and the longest (exponential backoff).
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 10.0
#: How often a process that was killed during its start is restarted without a pause.
_KILLS = 5
_SOURCES = (".ts", ".mts", ".js", ".mjs", ".json")


class AuthProcess:
    """The child process, and the listening socket that it inherits.

    The socket is opened here and passed to the child, so that connections made during a start or
    restart wait in its backlog instead of being refused.

    Args:
        root: the project's folder.
        environment: variables to add to the child's environment.
        watch: whether to restart it when files of ``auth/`` change, and to show callers why it
            does not start.
        is_up: returns when the server on the socket has answered.
    """

    def __init__(
        self,
        root: Path,
        environment: Mapping[str, str],
        *,
        watch: bool,
        is_up: Callable[[], Awaitable[object]],
    ) -> None:
        self._root, self._environment, self.watch, self._is_up = root, environment, watch, is_up
        key = sha256(repr((str(root), sorted(environment.items()))).encode()).hexdigest()[:16]
        self._name = f"{key}.sock"
        self._path = Path()
        self._changed = asyncio.Event()
        self._last_lines: deque[str] = deque(maxlen=40)

    def prepare(self) -> Path:
        """Creates the socket's folder and returns the socket's path.

        Raises:
            AuthServerError: the platform or the folder is unsuitable; the message has the reason.
        """
        if sys.platform == "win32":
            raise AuthServerError(
                f"Set AUTH_SERVER_URL and start `node {_SERVER}` beside the application: on "
                "Windows, the application cannot start it."
            )
        folder = Path(tempfile.gettempdir()) / f"better-auth-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
        if status.st_uid != os.getuid() or status.st_mode & 0o077:
            raise AuthServerError(
                f"Remove {folder}, or set TMPDIR to another folder: other users can write there, "
                "and the auth server's socket would not be safe."
            )
        self._path = folder / self._name
        if len(os.fsencode(self._path)) > 100:
            raise AuthServerError(f"Set TMPDIR to a shorter path: {self._path} is too long.")
        return self._path

    def generation(self) -> int:
        """A number that changes with each restart of the server."""
        try:
            return self._lock_file.stat().st_mtime_ns
        except OSError:
            return 0

    @property
    def _lock_file(self) -> Path:
        return self._path.with_suffix(".lock")

    async def run(self) -> None:
        """Waits for the lock on the server, then keeps it running until cancelled."""
        self._changed = asyncio.Event()  # of the current event loop: tests have several
        watcher = asyncio.create_task(self._watch()) if self.watch else None
        try:
            while True:
                try:
                    async with self._lock():
                        with self._open_socket() as listener:
                            await self._serve(listener)
                except OSError as error:
                    logger.error("The auth server cannot be run: %s", error)
                    await asyncio.sleep(_LONGEST_PAUSE)
        finally:
            if watcher:
                watcher.cancel()

    async def _serve(self, listener: socket.socket) -> None:
        failures = 0
        while True:
            self._changed.clear()
            self._last_lines.clear()
            status, answered_for = await self._run_once(listener)
            if status is None:
                logger.info("auth/ has changed: the auth server starts again")
                failures = 0
                continue
            was_killed = status < 0
            if answered_for is not None and (was_killed or answered_for >= _STEADY):
                logger.error("The auth server has ended (%d), and starts again", status)
                failures = 0
                continue
            failures += 1
            logger.error("The auth server does not start (%d)", status)
            if was_killed and failures <= _KILLS:
                continue
            pause = min(_FIRST_PAUSE * 2 ** (failures - 1), _LONGEST_PAUSE)
            await self._answer_unavailable(listener, pause)

    @contextlib.asynccontextmanager
    async def _lock(self) -> AsyncIterator[None]:
        import fcntl  # missing on Windows, which has to set AUTH_SERVER_URL

        with self._lock_file.open("a") as lock:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    await asyncio.sleep(0.1)
            yield

    @contextlib.contextmanager
    def _open_socket(self) -> Iterator[socket.socket]:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            new = self._path.with_suffix(".new")
            new.unlink(missing_ok=True)
            listener.bind(str(new))
            new.chmod(0o600)
            listener.listen(1024)
            new.rename(self._path)  # atomically replaces the socket of a dead worker
            yield listener

    async def _run_once(self, listener: socket.socket) -> tuple[int | None, float | None]:
        """Runs the server until it ends or its files change.

        Returns:
            Its exit status, or None if its files changed; and the seconds since its first response,
            or None if it never responded.
        """
        try:
            node = find_node()
        except AuthServerError as error:
            self._report(str(error))
            return 1, None
        process = await asyncio.create_subprocess_exec(
            node,
            _SERVER,
            cwd=self._root,
            env=self._child_environment(listener),
            pass_fds=(listener.fileno(),),
            stdin=asyncio.subprocess.PIPE,  # its EOF ends the child, even if this process is killed
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl+C reaches this process only, which stops the child
        )
        assert process.stdout is not None and process.stderr is not None
        echoes = [
            asyncio.create_task(self._echo(process.stdout, logging.INFO)),
            asyncio.create_task(self._echo(process.stderr, logging.WARNING)),
        ]
        end = asyncio.create_task(process.wait())
        change = asyncio.create_task(self._changed.wait())
        answers_since = asyncio.create_task(self._first_answer())
        try:
            await asyncio.wait({end, change}, return_when=asyncio.FIRST_COMPLETED)
            if not end.done():
                return None, None
            await asyncio.wait(echoes, timeout=1)
            answered = answers_since.result() if answers_since.done() else None
            if answered is None:
                await self._explain(node)
            return end.result(), None if answered is None else time.monotonic() - answered
        finally:
            answers_since.cancel()
            change.cancel()
            if process.returncode is None:
                await self._stop(process, end)
            for echo in echoes:
                echo.cancel()

    def _child_environment(self, listener: socket.socket) -> dict[str, str]:
        return {
            # scrypt and WebCrypto share libuv's thread pool; with its default of four threads,
            # twenty concurrent sign-ins delay all other requests.
            "UV_THREADPOOL_SIZE": "32",
            # Node.js compiles better-auth and Prisma's client once, not once a start.
            "NODE_COMPILE_CACHE": str(self._root / "node_modules/.cache/better-auth-sidecar"),
            **os.environ,
            **self._environment,
            "AUTH_SOCKET_FD": str(listener.fileno()),
        }

    async def _first_answer(self) -> float | None:
        """The time of the server's first response, or None if it gave none."""
        began = time.monotonic()
        try:
            await self._is_up()
        except AuthServerError:
            return None
        now = time.monotonic()
        os.utime(self._lock_file)
        logger.info("The auth server is up (%.1f s)", now - began)
        return now

    async def _stop(self, process: asyncio.subprocess.Process, end: asyncio.Task[int]) -> None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
            try:
                await asyncio.wait_for(asyncio.shield(end), 6)
            except TimeoutError:
                process.kill()
                await end

    async def _explain(self, node: str) -> None:
        """Appends a remedy to the output of a server that did not start."""
        if any("ERR_MODULE_NOT_FOUND" in line for line in self._last_lines):
            self._report("Run the project's setup: a package is not installed or generated.")
        try:
            await asyncio.to_thread(check_node, node)
        except AuthServerError as error:
            self._report(str(error))

    def _report(self, text: str) -> None:
        self._last_lines.append(text)
        logger.error(text)

    async def _echo(self, stream: asyncio.StreamReader, level: int) -> None:
        """Logs the child's output line by line; ``StreamReader.readline`` limits their length."""
        rest = b""
        while chunk := await stream.read(64 * 1024):
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) > 64 * 1024:
                lines, rest = [*lines, rest], b""
            for line in lines:
                self._log_line(line, level)
        if rest:
            self._log_line(rest, level)

    def _log_line(self, line: bytes, level: int) -> None:
        text = line.decode(errors="replace").rstrip()
        self._last_lines.append(re.sub(r"\x1b\[[0-9;]*m", "", text))
        logger.log(level, "%s", text)

    async def _watch(self) -> None:
        try:
            from watchfiles import DefaultFilter, awatch
        except ModuleNotFoundError:
            logger.warning("Install watchfiles: the auth server does not restart on changes")
            return

        class Sources(DefaultFilter):
            def __call__(self, change: object, path: str) -> bool:
                return path.endswith(_SOURCES) and super().__call__(change, path)  # type: ignore[arg-type]

        # Watch the folder, not its files: editors save by replacing them.
        async for _ in awatch(self._root / "auth", watch_filter=Sources(), debounce=200, step=50):
            self._changed.set()

    async def _answer_unavailable(self, listener: socket.socket, pause: float) -> None:
        """Answers 503 in place of a server that does not start, until it is tried again."""
        message = "\n".join(["The auth server does not start.", "", *self._last_lines])
        body = message.encode() if self.watch else b"The auth server does not start."
        head = (
            "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\nRetry-After: 1\r\n\r\n"
        )

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(
                OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError
            ):
                async with asyncio.timeout(5):
                    request = await reader.readuntil(b"\r\n\r\n")
                    # Closing a socket with unread data resets it, and the response would be lost.
                    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", request)
                    await reader.readexactly(int(length[1]) if length else 0)
                    writer.write(head.encode() + body)
                    await writer.drain()
            writer.close()

        server = await asyncio.start_unix_server(answer, sock=listener.dup(), limit=128 * 1024)
        try:
            async with asyncio.timeout(pause):
                await self._changed.wait()
        except TimeoutError:
            pass
        finally:
            server.close()
