"""A TCP proxy in front of PostgreSQL that adds TLS, or drops packets silently."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

_TLS_WANTED = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"


class DatabaseProxy(socketserver.ThreadingTCPServer):
    """Accepts connections with and without TLS, and forwards them."""

    daemon_threads = True

    def __init__(self, url: str, certificate: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        parts = urlsplit(url)
        self.server = (parts.hostname or "", parts.port or 5432)
        self.certificate = certificate
        #: How each connection began: ``TLS``, ``plain`` or ``refused``.
        self.seen: list[str] = []
        self._silent = 0
        address = f"{parts.username}:{parts.password}@127.0.0.1:{self.server_address[1]}"
        self.url = parts._replace(netloc=address).geturl()

    def silence(self) -> None:
        """Stops forwarding on the open connections without closing them."""
        self._silent = len(self.seen)

    def is_silent(self, number: int) -> bool:
        return number < self._silent


class _Handler(socketserver.BaseRequestHandler):
    server: DatabaseProxy

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
            assert self.server.certificate is not None
            try:
                client = self.server.certificate.wrap_socket(client, server_side=True)
            except OSError:
                return
        self.server.seen[number] = "TLS" if isinstance(client, ssl.SSLSocket) else "plain"
        with client, socket.create_connection(self.server.server) as server:
            ways = (server, client, number), (client, server, number)
            back = threading.Thread(target=self._pass_on, args=ways[0], daemon=True)
            back.start()
            self._pass_on(*ways[1])
            back.join(5)

    def _pass_on(self, source: socket.socket, target: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if not self.server.is_silent(number):
                    target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def database_proxy(url: str, certificate: ssl.SSLContext | None = None) -> Iterator[DatabaseProxy]:
    """Runs a proxy in front of a URL's database."""
    with DatabaseProxy(url, certificate) as proxy:
        threading.Thread(target=proxy.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
