"""A real Redis server."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hooks.servers import free_port
from tests import debian
from tests.waiting import TIMEOUT, wait_for_port

#: What Debian's build is linked with.
LIBRARIES = ("libatomic", "libjemalloc", "liblzf", "libssl", "libsystemd")


@dataclass(frozen=True)
class RedisServer:
    """A server that runs, until it is stopped."""

    url: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=TIMEOUT)


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    """Runs an empty Redis that keeps nothing on disk."""
    program, environment = _program()
    port = free_port()
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        process = subprocess.Popen(
            ["redis-server", *options],
            executable=program,
            cwd=folder,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        server = RedisServer(f"redis://127.0.0.1:{port}", process)
        try:
            wait_for_port(process, port)
            yield server
        finally:
            server.stop()


def _program() -> tuple[str, dict[str, str]]:
    """The installed program or Debian's, unpacked, and its environment."""
    if installed := shutil.which("redis-server") or shutil.which("valkey-server"):
        return installed, dict(os.environ)
    root = debian.unpacked("redis-tools", LIBRARIES)
    folders = {str(found.parent) for found in root.glob("usr/lib/*/*.so.*")}
    libraries = os.pathsep.join(sorted(folders))
    # Debian's Redis is one binary under several names, which acts by the name in argv[0].
    return str(root / "usr/bin/redis-check-rdb"), {**os.environ, "LD_LIBRARY_PATH": libraries}
