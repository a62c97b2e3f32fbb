"""A local npm and PyPI registry with packages of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import unquote


@dataclass(frozen=True)
class Package:
    """A package's versions and their dependencies; npm's `latest` is the last version."""

    versions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: Peer dependencies of all npm packages.
    peers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, *versions: str) -> Package:
        return cls({version: {} for version in versions})


class _Registry(ThreadingHTTPServer):
    daemon_threads = True
    npm: Mapping[str, Package]
    python: Mapping[str, Package]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, path: str) -> tuple[str, str] | None:
        """The content type and text of a path."""
        kind, _, rest = path.strip("/").partition("/")
        if kind == "npm" and rest in self.npm:
            return "application/json", json.dumps(self._packument(rest))
        if kind == "simple" and rest in self.python:
            files = self._files(rest, self.python[rest])
            page = {"meta": {"api-version": "1.1"}, "name": rest, "files": files}
            return "application/vnd.pypi.simple.v1+json", json.dumps(page)
        if kind == "files" and rest.endswith(".metadata"):
            name, version, *_ = rest.split("-")
            needs = self.python[name.replace("_", "-")].versions[version]
            fields = [("Metadata-Version", "2.1"), ("Name", name), ("Version", version)]
            fields += [("Requires-Dist", f"{other}{wanted}") for other, wanted in needs.items()]
            return "text/plain", "".join(f"{key}: {value}\n" for key, value in fields)
        return None

    def _packument(self, name: str) -> dict[str, Any]:
        versions = {
            version: {
                "name": name,
                "version": version,
                "dependencies": dict(needs),
                "peerDependencies": dict(self.npm[name].peers),
                "dist": {"tarball": f"{self.address}/files/{version}.tgz"},
            }
            for version, needs in self.npm[name].versions.items()
        }
        return {"name": name, "dist-tags": {"latest": [*versions][-1]}, "versions": versions}

    def _files(self, name: str, package: Package) -> list[dict[str, Any]]:
        names = [f"{name.replace('-', '_')}-{each}-py3-none-any.whl" for each in package.versions]
        return [
            {
                "filename": file,
                "url": f"{self.address}/files/{file}",
                "hashes": {},
                "core-metadata": True,
            }
            for file in names
        ]


class _Handler(BaseHTTPRequestHandler):
    server: _Registry

    def do_GET(self) -> None:
        answer = self.server.answer(unquote(self.path))
        if answer is None:
            self.send_error(404)
            return
        kind, text = answer
        self.send_response_only(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Logs nothing: a failing test shows the result."""


@contextmanager
def registry(npm: Mapping[str, Package], python: Mapping[str, Package]) -> Iterator[dict[str, str]]:
    """Runs it; yields the settings that make npm and uv use it."""
    server = _Registry(("127.0.0.1", 0), _Handler)
    server.npm, server.python = npm, python
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield {
            "npm_config_registry": f"{server.address}/npm/",
            "UV_DEFAULT_INDEX": f"{server.address}/simple",
        }
    finally:
        server.shutdown()
        server.server_close()
