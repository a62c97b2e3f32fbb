"""Stand-ins for the external services that a server under test calls.

A server reaches them through an HTTP proxy (``CONNECT``, RFC 9110) and real HTTPS, with
certificates of a private authority that its settings trust. The server itself has no code for
tests.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Protocol
from urllib.parse import parse_qsl

import trustme

#: Request headers that the services read.
_HEADERS = ("content-type", "add-padding", "user-agent")


@dataclass(frozen=True)
class Request:
    """A request to a service."""

    host: str
    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""

    @property
    def members(self) -> dict[str, Any]:
        """The members of a JSON or form body."""
        is_json = self.headers.get("content-type", "").startswith("application/json")
        members: dict[str, Any] = json.loads(self.body) if is_json else dict(parse_qsl(self.body))
        return members


@dataclass(frozen=True)
class Answer:
    """A response of a service."""

    body: Any
    status: int = 200
    type: str = "application/json"

    @property
    def content(self) -> bytes:
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


class Service(Protocol):
    """A service at its own host."""

    host: str

    def answer(self, request: Request) -> Answer:
        """The regular response."""


class Internet:
    """The services that one server can reach, and the requests that it sent them."""

    def __init__(self, authority: Path, certificate: ssl.SSLContext, port: int) -> None:
        self._authority, self._port = authority, port
        self.certificate = certificate
        self.services: dict[str, Service] = {}
        self.asked: list[Request] = []
        self.instead: dict[str, Answer | None] = {}

    @property
    def settings(self) -> dict[str, str]:
        """The settings that make a server use this proxy and trust its certificates."""
        # Both clients prefer the lower-case names, which this machine may set as well.
        return {
            "https_proxy": f"http://127.0.0.1:{self._port}",
            "no_proxy": "",
            "NODE_USE_ENV_PROXY": "1",
            "NODE_EXTRA_CA_CERTS": str(self._authority),
            "SSL_CERT_FILE": str(self._authority),
        }

    @contextmanager
    def answers(self, service: Service, answer: Answer | None) -> Iterator[None]:
        """Replaces all responses of a service for a while; None makes it unreachable."""
        self.instead[service.host] = answer
        try:
            yield
        finally:
            del self.instead[service.host]

    def is_in_reach(self, host: str) -> bool:
        return host in self.services and self.instead.get(host, ...) is not None

    def answer(self, request: Request) -> Answer:
        self.asked.append(request)
        return self.instead.get(request.host) or self.services[request.host].answer(request)

    def take_asked(self) -> list[dict[str, Any]]:
        """Returns and clears the recorded requests, with relevant headers and all members.

        Leaves out the user agents of browsers and libraries.
        """
        taken, self.asked = self.asked, []
        return [
            {
                "request": f"{request.method} https://{request.host}{request.path}",
                "headers": _relevant(request.headers),
                "members": request.members,
            }
            for request in taken
        ]


def _relevant(headers: dict[str, str]) -> dict[str, str]:
    kept = {name: headers[name].lower() for name in _HEADERS if name in headers}
    if not kept.get("user-agent", "").startswith("betterauth"):
        kept.pop("user-agent", None)
    return kept


class _Proxy(ThreadingHTTPServer):
    daemon_threads = True
    internet: Internet


class _Handler(BaseHTTPRequestHandler):
    """Accepts ``CONNECT`` to a host, then serves that host."""

    protocol_version = "HTTP/1.1"
    server: _Proxy
    host = ""

    def do_CONNECT(self) -> None:
        host = self.path.rpartition(":")[0]
        if not self.server.internet.is_in_reach(host):
            self.send_error(502)
            return
        self.host = host
        self.send_response_only(200)
        self.end_headers()
        certificate = self.server.internet.certificate
        with certificate.wrap_socket(self.request, server_side=True) as self.request:
            self.setup()
            self.handle_one_request()

    def _answer(self) -> None:
        length = int(self.headers.get("content-length", "0"))
        body = self.rfile.read(length).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.internet.answer(
            Request(self.host, self.command, self.path, headers, body)
        )
        self.send_response_only(answer.status)
        self.send_header("Content-Type", answer.type)
        self.send_header("Content-Length", str(len(answer.content)))
        # Makes the next request pass the proxy again, which may refuse it by then.
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.content)

    do_GET = do_POST = _answer

    def log_message(self, format: str, *args: object) -> None:
        """Logs nothing: a failing test shows the recorded requests."""


@contextmanager
def internets(folder: Path, hosts: Sequence[str], count: int) -> Iterator[list[Internet]]:
    """Runs several independent ones."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    certificate = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*hosts).configure_cert(certificate)
    proxies = [_Proxy(("127.0.0.1", 0), _Handler) for _ in range(count)]
    for proxy in proxies:
        port = proxy.server_address[1]
        proxy.internet = Internet(folder / "authority.pem", certificate, port)
        Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield [proxy.internet for proxy in proxies]
    finally:
        for proxy in proxies:
            proxy.shutdown()
            proxy.server_close()
