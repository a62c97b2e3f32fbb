"""Continuous requests while a test disturbs the servers."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

GET, POST, OWN = "GET /api/auth/get-session", "POST /api/auth/sign-out", "GET /health"
#: In place of a status: the connection was closed before a response.
DISCONNECTED = "disconnected"


@contextmanager
def under_load(address: str, threads: int = 4) -> Iterator[Counter[tuple[str, int | str]]]:
    """Counts responses by request and status."""
    counts: Counter[tuple[str, int | str]] = Counter()
    over = threading.Event()

    def ask() -> None:
        with httpx.Client(base_url=address, headers={"Origin": address}) as client:
            while not over.is_set():
                for request in (GET, POST, OWN):
                    method, path = request.split()
                    try:
                        # A new connection for each request, which a living worker accepts.
                        headers = {"Connection": "close"}
                        json: dict[str, str] | None = {} if method == "POST" else None
                        status: int | str = client.request(
                            method, path, headers=headers, json=json
                        ).status_code
                    except httpx.TransportError:
                        status = DISCONNECTED
                    counts[request, status] += 1
                over.wait(0.02)  # More requests would find no more, and take all processors.

    running = [threading.Thread(target=ask) for _ in range(threads)]
    for thread in running:
        thread.start()
    try:
        time.sleep(0.3)
        yield counts
        time.sleep(0.3)
    finally:
        over.set()
        for thread in running:
            thread.join()


def failures(counts: Counter[tuple[str, int | str]], *requests: str) -> dict[str, int]:
    """The responses to these requests that were not 200."""
    return {
        f"{request}: {status}": count
        for (request, status), count in counts.items()
        if request in requests and status != 200
    }
