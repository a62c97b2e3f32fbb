"""TLS in front of a PostgreSQL that was built without: it does what the server itself would."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

_TLS_WANTED = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"


class TlsProxy(socketserver.ThreadingTCPServer):
    """Takes connections with TLS and without, and passes them on."""

    daemon_threads = True

    def __init__(self, url: str, certificate: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        parts = urlsplit(url)
        self.server = (parts.hostname or "", parts.port or 5432)
        self.certificate = certificate
        #: How each connection began: ``TLS``, ``plain`` or ``refused``.
        self.seen: list[str] = []
        address = f"{parts.username}:{parts.password}@127.0.0.1:{self.server_address[1]}"
        self.url = parts._replace(netloc=address).geturl()


class _Handler(socketserver.BaseRequestHandler):
    server: TlsProxy

    def handle(self) -> None:
        client: socket.socket = self.request
        number = len(self.server.seen)
        self.server.seen.append("refused")
        first = client.recv(8, socket.MSG_PEEK)
        is_direct = first[:1] == b"\x16"
        if first == _TLS_WANTED:
            client.recv(8)
            client.sendall(b"S")
        if is_direct or first == _TLS_WANTED:
            try:
                client = self.server.certificate.wrap_socket(client, server_side=True)
            except OSError:
                return
        self.server.seen[number] = "TLS" if isinstance(client, ssl.SSLSocket) else "plain"
        with client, socket.create_connection(self.server.server) as server:
            back = threading.Thread(target=_pass_on, args=(server, client), daemon=True)
            back.start()
            _pass_on(client, server)
            back.join(5)


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def tls_proxy(url: str, certificate: ssl.SSLContext) -> Iterator[TlsProxy]:
    """Runs a proxy before the database of a URL."""
    with TlsProxy(url, certificate) as proxy:
        threading.Thread(target=proxy.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
