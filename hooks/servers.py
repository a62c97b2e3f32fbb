"""Servers that the demo, the tests and the benchmarks run."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import urlsplit

import httpx

#: Seconds for a server to start or to stop, which slow machines do not reach.
LIMIT = 120

_FIRST_PORT = 12_000 + os.getpid() % 80 * 100
_ports = cycle(range(_FIRST_PORT, _FIRST_PORT + 100))


class ServerError(Exception):
    """A server did not start."""


def free_port() -> int:
    """A port for a server that is started next.

    It is none of those that the system gives to connections, or setup to embedded PostgreSQLs,
    which could take it before the server does; and each process of the tests has its own.

    Raises:
        ServerError: this process has no port left.
    """
    for port in islice(_ports, 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise ServerError("No port is free.")


@contextmanager
def running_server(
    command: Sequence[str | Path], folder: Path, env: Mapping[str, str], address: str, log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a server until the ``with`` block ends, and ends the processes that it has started.

    Args:
        command: its words, in which ``{port}`` is that of the address.
        folder: its working directory.
        env: its environment.
        address: its base URL, where ``/health`` gives 200 as soon as it is ready.
        log: the file to which its output is appended.

    Raises:
        ServerError: it exits early, or is not ready within `LIMIT` seconds.
        subprocess.TimeoutExpired: it does not stop within `LIMIT` seconds.

    Errors in the block get its output as a note.
    """
    words = [str(word).replace("{port}", str(urlsplit(address).port)) for word in command]
    with log.open("ab") as output:
        server = subprocess.Popen(
            words,
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _wait_until_healthy(server, address)
        yield server
    except Exception as error:
        error.add_note(log.read_text(errors="replace"))
        raise
    finally:
        server.terminate()
        try:
            server.wait(timeout=LIMIT)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)


def _wait_until_healthy(server: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + LIMIT
    with httpx.Client(base_url=address) as browser:
        while time.monotonic() < deadline:
            if server.poll() is not None:
                raise ServerError(f"The server stopped with exit status {server.returncode}.")
            with suppress(httpx.TransportError):
                if browser.get("/health").status_code == 200:
                    return
            time.sleep(0.1)
    raise ServerError(f"The server was not ready within {LIMIT} s.")
