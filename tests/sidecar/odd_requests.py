"""Unusual requests: methods, encodings, header oddities, path tricks, bodies."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

ECHO = "/api/auth/probe/request"
HOST = "localhost"


@dataclass(frozen=True)
class Raw:
    """A raw request."""

    parts: tuple[bytes, ...]
    #: Seconds between the parts.
    pause: float = 0


def raw(
    target: str = ECHO,
    method: str = "GET",
    headers: Iterable[str] = (),
    body: bytes | None = None,
    host: str | None = HOST,
    version: str = "1.1",
    close: bool = True,
    pause: float = 0,
    parts: int = 1,
) -> Raw:
    """Builds a raw request, whose body is sent in parts."""
    lines = [
        f"{method} {target} HTTP/{version}",
        *([] if host is None else [f"Host: {host}"]),
        *headers,
        *([] if body is None or "chunked" in str(headers) else [f"Content-Length: {len(body)}"]),
        *(["Connection: close"] if close else []),
    ]
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    body = body or b""
    size = -(-len(body) // parts)
    pieces = [body[n : n + size] for n in range(0, len(body), size)] if body else []
    return Raw((head, *pieces) if pause else (head + body,), pause)


def post(body: bytes, *headers: str, kind: str = "application/json", **more: Any) -> Raw:
    return raw(method="POST", body=body, headers=(f"Content-Type: {kind}", *headers), **more)


SIGN_IN = json.dumps({"email": "nobody@example.com", "password": "wrong password"}).encode()
FORM = "application/x-www-form-urlencoded"
MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n2\r\n--x--\r\n'
)

REQUESTS: dict[str, Raw] = {
    # Methods
    "GET": raw(),
    "HEAD": raw(method="HEAD"),
    "HEAD of get-session": raw("/api/auth/get-session", "HEAD"),
    "OPTIONS": raw(method="OPTIONS"),
    "PUT": raw(method="PUT", body=b"{}", headers=["Content-Type: application/json"]),
    "PATCH": raw(method="PATCH", body=b"{}", headers=["Content-Type: application/json"]),
    "DELETE": raw(method="DELETE"),
    "DELETE with a body": raw(
        method="DELETE", body=b'{"a": 1}', headers=["Content-Type: application/json"]
    ),
    "TRACE": raw(method="TRACE"),
    "PROPFIND": raw(method="PROPFIND"),
    "lower-case method": raw(method="get"),
    "unknown method": raw(method="BREW"),
    "GET of a POST route": raw("/api/auth/sign-in/email"),
    "GET with a body": raw(body=b'{"a": 1}', headers=["Content-Type: application/json"]),
    "preflight of a trusted origin": raw(
        "/api/auth/get-session",
        "OPTIONS",
        [
            "Origin: http://localhost:8000",
            "Access-Control-Request-Method: POST",
            "Access-Control-Request-Headers: content-type, x-mine",
        ],
    ),
    "preflight of a stranger": raw(
        "/api/auth/get-session",
        "OPTIONS",
        ["Origin: https://evil.example", "Access-Control-Request-Method: POST"],
    ),
    "CORS of a trusted origin": raw(headers=["Origin: http://localhost:8000"]),
    "CORS of a stranger": raw(headers=["Origin: https://evil.example"]),
    # Paths
    "the mount itself": raw("/api/auth"),
    "the mount with a slash": raw("/api/auth/"),
    "trailing slash": raw(f"{ECHO}/"),
    "double slash": raw("/api/auth//probe/request"),
    "double slash at the start": raw("//api/auth/probe/request"),
    "query": raw(f"{ECHO}?a=1&a=2&b=%20%2B+&c"),
    "empty query": raw(f"{ECHO}?"),
    "query with a question mark": raw(f"{ECHO}?a=?b"),
    "query with dots": raw(f"{ECHO}?next=/../%2e%2e/x"),
    "query in Latin-1": raw(f"{ECHO}?name=\xe9"),
    "query with bad escapes": raw(f"{ECHO}?a=%zz&b=%"),
    "query with brackets": raw(f"{ECHO}?a[]=1&b={{}}|^`"),
    "fragment": raw(f"{ECHO}#part"),
    "upper-case path": raw("/api/auth/PROBE/request"),
    "escaped letters": raw("/api/auth/%70robe/request"),
    "escaped slash": raw("/api/auth/probe%2frequest"),
    "escaped mount": raw("/api%2fauth/probe/request"),
    "bad escape": raw("/api/auth/probe/%zz"),
    "escaped NUL": raw("/api/auth/probe/%00"),
    "not UTF-8": raw("/api/auth/probe/%ff"),
    "path in Latin-1": raw("/api/auth/probe/\xe9"),
    "semicolon": raw("/api/auth/probe;a=1/request"),
    "absolute target": raw(f"http://{HOST}{ECHO}"),
    "absolute target elsewhere": raw(f"http://evil.example{ECHO}"),
    "long path": raw("/api/auth/" + "a" * 4000),
    # Headers
    "no host": raw(host=None),
    "two hosts": raw(headers=["Host: evil.example"]),
    "HTTP/1.0": raw(version="1.0"),
    "HTTP/1.0 without a host": raw(version="1.0", host=None),
    "foreign host": raw(host="evil.example"),
    "bad host": raw(host="a b"),
    "host with a path": raw(host="localhost/x"),
    "two cookie headers": raw(headers=["Cookie: a=1; b=2", "Cookie: c=3"]),
    "odd cookies": raw(headers=['Cookie: a="1"; =x; b; ;; c=\xe9; d=%zz']),
    "header twice": raw(headers=["X-Mine: 1", "X-Mine: 2"]),
    "empty header": raw(headers=["X-Mine:"]),
    "header in Latin-1": raw(headers=["X-Mine: caf\xe9"]),
    "header in UTF-8": raw(headers=["X-Mine: " + "café ✓".encode().decode("latin-1")]),
    "header with spaces": raw(headers=["X-Mine:   1  "]),
    "many headers": raw(headers=[f"X-Mine-{n}: {n}" for n in range(80)]),
    "long header": raw(headers=["X-Mine: " + "a" * 12_000]),
    "too long header": raw(headers=["X-Mine: " + "a" * 70_000]),
    "hop by hop": raw(headers=["TE: trailers", "Keep-Alive: timeout=5", "Proxy-Authorization: x"]),
    "connection names a header": raw(
        headers=["Connection: close, x-mine", "X-Mine: 1"], close=False
    ),
    "connection names the origin": raw(
        headers=[
            "Connection: close, origin, cookie",
            "Origin: https://evil.example",
            "Cookie: a=1",
        ],
        close=False,
    ),
    "upgrade": raw(headers=["Connection: close, upgrade", "Upgrade: h2c"], close=False),
    "websocket": raw(
        headers=[
            "Connection: close, Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
            "Sec-WebSocket-Version: 13",
        ],
        close=False,
    ),
    "range": raw(headers=["Range: bytes=0-1"]),
    "accepts gzip": raw(headers=["Accept-Encoding: gzip, br"]),
    "underscore header": raw(headers=["X_Mine: 1"]),
    "if-none-match": raw(headers=["If-None-Match: *"]),
    # Bodies
    "JSON": post(b'{"a": [1, "\xc3\xa9"]}'),
    "empty JSON": post(b""),
    "broken JSON": post(b'{"a":'),
    "JSON null": post(b"null"),
    "JSON with a BOM": post(b"\xef\xbb\xbf{}"),
    "JSON in Latin-1": post(b'{"a": "\xe9"}'),
    "JSON as text": post(b'{"a": 1}', kind="text/plain"),
    "JSON with a charset": post(b'{"a": 1}', kind="application/json; charset=utf-8"),
    "no content type": raw(method="POST", body=b"{}"),
    "POST without length": raw(method="POST"),
    "form": post(b"a=1&b=%20+", kind=FORM),
    "multipart": post(MULTIPART, kind="multipart/form-data; boundary=x"),
    "binary": post(bytes(range(256)), kind="application/octet-stream"),
    "unknown content type": post(b"x", kind="x/y"),
    "chunked": post(b"8\r\n" + b'{"a": 1}' + b"\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
    "chunked with a trailer": post(
        b"2\r\n{}\r\n0\r\nX-Mine: 1\r\n\r\n", "Transfer-Encoding: chunked", "Trailer: X-Mine"
    ),
    "broken chunk": post(b"zz\r\n{}\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
    "chunked and a length": Raw(
        (
            f"POST {ECHO} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n"
            "Content-Length: 4\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            "2\r\n{}\r\n0\r\n\r\n".encode(),
        )
    ),
    "two lengths": Raw(
        (
            f"POST {ECHO} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n"
            "Content-Length: 2\r\nContent-Length: 3\r\nConnection: close\r\n\r\n{} ".encode(),
        )
    ),
    "expects 100": post(b'{"a": 1}', "Expect: 100-continue", pause=0.2),
    "expects something else": post(b'{"a": 1}', "Expect: tea"),
    "slow body": post(b'{"a": "' + b"x" * 40 + b'"}', pause=0.1, parts=5),
    "body of 900 KB": post(b'{"a": "' + b"x" * 900_000 + b'"}'),
    "body of 2 MB": post(b'{"a": "' + b"x" * 2_000_000 + b'"}'),
    "deep JSON": post(b"[" * 50_000 + b"]" * 50_000),
    # better-auth's own
    "sign-in": Raw(
        (
            f"POST /api/auth/sign-in/email HTTP/1.1\r\nHost: {HOST}\r\n"
            "Origin: http://localhost:8000\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(SIGN_IN)}\r\nConnection: close\r\n\r\n".encode()
            + SIGN_IN,
        )
    ),
    "several Set-Cookie": raw("/api/auth/probe/cookies"),
    "stream": raw("/api/auth/probe/stream"),
    "unknown route": raw("/api/auth/nothing/here"),
    "callback of no provider": raw("/api/auth/callback/nobody?state=x&code=y"),
    "error page": raw("/api/auth/error?error=x"),
}

#: Paths that Node.js normalizes; none may reach a route outside of /api/auth.
CLIMBING = [
    "/api/auth/../health",
    "/api/auth/%2e%2e/%2e%2e/health",
    "/api/auth/..%2f..%2fhealth",
    "/api/auth/.%2E/%2e./health",
    "/api/auth/..\\..\\health",
    "/api/auth/%2e%2e\\%2e%2e/health",
    "/api/auth/%2e%2e%5c%2e%2e%5chealth",
    "/api/auth/\\..\\../health",
    "/api/auth/./../../health",
    "/api/auth/.\t./health",
    "/api/auth/probe/../../../health",
    "/api/auth/%252e%252e/%252e%252e/health",
    "/api/auth//..//..//health",
    "/api/auth/..;/health",
    "/api/auth/%2e%2e",
    "/api/auth/..",
    "http://localhost/api/auth/../../health",
    "http://localhost/internal/configuration",
    "/api/auth/@localhost/../../../health",
]


def exchange(port: int, request: Raw, seconds: float = 60) -> bytes:
    """Sends a raw request; returns the whole response.

    Raises:
        TimeoutError: the server neither responds nor closes the connection.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        answer = b""
        try:
            for number, part in enumerate(request.parts):
                if number:
                    time.sleep(request.pause)
                connection.sendall(part)
        except ConnectionError:
            pass  # the server has responded before it read all parts
        try:
            while chunk := connection.recv(65536):
                answer += chunk
        except ConnectionError:
            pass
    return answer
