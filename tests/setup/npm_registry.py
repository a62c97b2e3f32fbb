"""A local npm registry with one package of its own."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

PACKAGE = "only-here"


class Registry(ThreadingHTTPServer):
    """Serves the package's versions; more can be published while it runs."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.versions = ["1.0.0"]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"

    def packument(self) -> bytes:
        versions = {
            version: {
                "name": PACKAGE,
                "version": version,
                "dist": {"tarball": f"{self.url}{version}.tgz"},
            }
            for version in self.versions
        }
        tags = {"latest": self.versions[-1]}
        return json.dumps({"name": PACKAGE, "dist-tags": tags, "versions": versions}).encode()


class _Handler(BaseHTTPRequestHandler):
    server: Registry

    def do_GET(self) -> None:
        name = self.path.strip("/")
        body = self.server.packument() if name == PACKAGE else _tarball(name.removesuffix(".tgz"))
        self.send_response(200)
        self.send_header("Cache-Control", "public, max-age=300")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def _tarball(version: str) -> bytes:
    manifest = json.dumps({"name": PACKAGE, "version": version}).encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        entry = tarfile.TarInfo("package/package.json")
        entry.size = len(manifest)
        archive.addfile(entry, io.BytesIO(manifest))
    return packed.getvalue()


@contextmanager
def serving() -> Iterator[Registry]:
    with Registry() as registry:
        Thread(target=registry.serve_forever, daemon=True).start()
        yield registry
        registry.shutdown()
