"""Clients cannot forge the address that rate limits count by and sessions record."""

from __future__ import annotations

import secrets
import socket
from pathlib import Path

import httpx
import pytest

from tests.project.typescript import is_limited
from tests.sidecar.odd_requests import Raw, exchange
from tests.sidecar.projects import (
    COMMANDS,
    SAMPLED_COMMANDS,
    UVICORN,
    Server,
    app_environment,
    serving,
)
from tests.waiting import TIMEOUT, wait_for

#: Another loopback address: on Linux, all of 127.0.0.0/8.
OTHER = "127.0.0.2"
STRANGER = "203.0.113.7"


def forged(own: str, port: int) -> list[dict[str, str]]:
    """Headers with which callers try to forge an address."""
    chains = [
        STRANGER,
        own,
        f"{own}:{port}",
        f"[{own}]:{port}",
        f"{STRANGER}:{port}",
        "127.0.0.1",
        "127.0.0.1:0",
        "::1",
        f"{STRANGER}, {own}",
        f"{own}, {STRANGER}",
        f"{STRANGER}, 127.0.0.1",
        f"{STRANGER}, {own}:{port}, 127.0.0.1",
        f"{STRANGER}, 127.0.0.1:{port}",
        "::ffff:203.0.113.7",
        "2001:db8::7",
        "unknown",
        "localhost",
        "",
        ",",
        ",,, ,",
        f'"{STRANGER}"',
        f"for={STRANGER}",
        f"{STRANGER}\t",
        "9" * 4000,
    ]
    others = ["X-Real-IP", "Forwarded", "X-Client-Address", "X-Client-IP", "CF-Connecting-IP"]
    return [
        *({"X-Forwarded-For": chain} for chain in chains),
        *({name: STRANGER} for name in others),
        {"X-Forwarded-For": STRANGER, "Connection": "X-Forwarded-For, Host, Cookie"},
    ]


def addresses(server: Server, caller: str, *several: dict[str, str]) -> dict[str, str]:
    """The caller's address in the auth server, by the headers sent.

    Args:
        caller: the loopback address that the caller uses.
        several: the headers of each request; the forged ones by default.
    """
    host, port = server.address.removeprefix("http://").split(":")
    found = {}
    with socket.socket() as one:
        one.bind((caller, 0))
        own_port = one.getsockname()[1]
    for headers in several or forged(caller, own_port):
        # Uses as source port the port in the forged headers.
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            connection.bind((caller, own_port))
            connection.connect((host, int(port)))
            lines = [
                "GET /api/auth/probe/request HTTP/1.1",
                f"Host: {host}:{port}",
                *(f"{name}: {value}" for name, value in headers.items()),
                *([] if "Connection" in headers else ["Connection: close"]),
                "",
                "",
            ]
            connection.sendall("\r\n".join(lines).encode())
            connection.settimeout(TIMEOUT)
            answer = b""
            while b'"address"' not in answer and (chunk := connection.recv(65536)):
                answer += chunk
            # Resets the connection, so that the port is free at once.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        found[str(headers)] = answer.decode().rpartition('"address":"')[2].split('"')[0]
    return found


@pytest.mark.e2e
@pytest.mark.parametrize("command", SAMPLED_COMMANDS)
def test_a_caller_cannot_forge_an_address(project: Path, command: str) -> None:
    with serving(project, COMMANDS[command], host="0.0.0.0") as server:
        server.address = server.address.replace("0.0.0.0", "127.0.0.1")
        for caller in ("127.0.0.1", OTHER):
            found = addresses(server, caller)
            assert found == dict.fromkeys(found, caller)

        # Nor avoid the rate limit: better-auth allows three attempts in ten seconds.
        body = {"email": "nobody@example.com", "password": "wrong password"}
        with httpx.Client(transport=httpx.HTTPTransport(local_address=OTHER)) as caller_:
            status = [
                caller_.post(
                    f"{server.address}/api/auth/sign-in/email",
                    json=body,
                    headers={"X-Forwarded-For": chain, "Origin": server.address},
                ).status_code
                for chain in ("1.1.1.1", "2.2.2.2", f"3.3.3.3, {OTHER}", "4.4.4.4", "127.0.0.1")
            ]
        assert is_limited(status)


@pytest.mark.parametrize(
    "allowed", ["*", OTHER, pytest.param("127.0.0.0/8", marks=pytest.mark.exhaustive)]
)
def test_uvicorns_proxy_headers_change_nothing(project: Path, allowed: str) -> None:
    command = [*UVICORN, "--forwarded-allow-ips", allowed]
    with serving(project, command) as server:
        found = addresses(server, OTHER)
        assert found == dict.fromkeys(found, OTHER)
        # Uvicorn does rewrite the address in the application's routes.
        headers = {"X-Forwarded-For": STRANGER}
        transport = httpx.HTTPTransport(local_address=OTHER)
        with httpx.Client(transport=transport, headers=headers) as client:
            assert client.get(f"{server.address}/client").json() == {"client": STRANGER}


def test_without_proxy_headers(project: Path) -> None:
    with serving(project, [*UVICORN, "--no-proxy-headers"]) as server:
        found = addresses(server, OTHER)
        assert found == dict.fromkeys(found, OTHER)


def test_the_address_comes_from_a_trusted_proxy(project: Path) -> None:
    with serving(project, TRUSTED_PROXIES="127.0.0.1, 10.0.0.0/8") as server:
        expected = {
            STRANGER: STRANGER,
            f"9.9.9.9, {STRANGER}": STRANGER,
            f"{STRANGER}, 10.1.2.3": STRANGER,
            f"9.9.9.9, {STRANGER}, 10.1.2.3, 127.0.0.1": STRANGER,
            f"{STRANGER}:4711": STRANGER,
            f"unknown, {STRANGER}": STRANGER,
            f"::ffff:{STRANGER}": STRANGER,
            "[2001:db8::7]:4711": "2001:0db8:0000:0000:0000:0000:0000:0000",
            f",, {STRANGER}": STRANGER,
        }
        for chain, address in expected.items():
            found = addresses(server, "127.0.0.1", {"X-Forwarded-For": chain})
            assert [*found.values()] == [address], chain
        # Entries that no trusted proxy wrote, and all entries left of them, are ignored: the
        # address is unknown, and in development loopback.
        for chain in ("nonsense", f"{STRANGER}, nonsense", f"{STRANGER}, nonsense, 10.1.2.3"):
            found = addresses(server, "127.0.0.1", {"X-Forwarded-For": chain})
            assert [*found.values()] == ["127.0.0.1"], chain
        # Other callers have the address of their connection.
        found = addresses(server, OTHER)
        assert found == dict.fromkeys(found, OTHER)


@pytest.mark.parametrize(("trusted", "address"), [("unix:", STRANGER), ("10.0.0.1", "127.0.0.1")])
def test_a_proxy_on_a_unix_socket(
    project: Path, tmp_path: Path, trusted: str, address: str
) -> None:
    """It is trusted if TRUSTED_PROXIES contains it; otherwise the caller is unknown."""
    import subprocess

    path = tmp_path / "app.sock"
    environment = app_environment(
        BETTER_AUTH_URL="http://localhost:8000", TRUSTED_PROXIES=trusted, FORWARDED_ALLOW_IPS="*"
    )
    process = subprocess.Popen([*UVICORN, "--uds", str(path)], cwd=project, env=environment)
    try:
        wait_for(path.exists)
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(path), retries=5)) as client:
            headers = {"X-Forwarded-For": f"9.9.9.9, {STRANGER}"}
            answer = client.get("http://localhost:8000/api/auth/probe/request", headers=headers)
            assert answer.json()["address"] == address
    finally:
        process.terminate()
        process.wait(timeout=TIMEOUT)


def test_the_session_records_the_address(project: Path) -> None:
    with serving(project) as server:
        transport = httpx.HTTPTransport(local_address=OTHER)
        with httpx.Client(transport=transport, base_url=server.address) as browser:
            body = {
                "name": "Ada",
                "email": f"{secrets.token_hex(6)}@example.com",
                "password": "correct horse",
            }
            headers = {"Origin": server.address, "X-Forwarded-For": STRANGER}
            answer = browser.post("/api/auth/sign-up/email", json=body, headers=headers)
            assert answer.status_code == 200
            session = browser.get("/api/auth/get-session").json()["session"]
            assert session["ipAddress"] == OTHER


def test_trailers_are_not_trusted(project: Path) -> None:
    """Uvicorn adds a caller's trailers to the proxy's headers."""
    head = [
        "POST /api/auth/probe/request HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/json",
        "Transfer-Encoding: chunked",
        f"X-Forwarded-For: {STRANGER}",
        "Connection: close",
    ]
    body = ["2", "{}", "0"]
    with serving(project, TRUSTED_PROXIES="127.0.0.1") as server:
        port = int(server.address.rpartition(":")[2])

        def answer(*lines: str) -> bytes:
            return exchange(port, Raw(("\r\n".join([*lines, "", ""]).encode(),)))

        assert b'"address":"203.0.113.7"' in answer(*head, "", *body)
        refused = answer(*head, "", *body, "X-Forwarded-For: 9.9.9.9")
        assert refused.startswith(b"HTTP/1.1 400")
        assert b"Send X-Forwarded-For once" in refused
