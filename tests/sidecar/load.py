"""Continuous requests while a test disturbs the servers."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.waiting import wait_for

GET, POST, OWN = "GET /api/auth/get-session", "POST /api/auth/sign-out", "GET /health"
#: In place of a status: the connection was closed before a response.
DISCONNECTED = "disconnected"


@contextmanager
def under_load(address: str, threads: int = 4) -> Iterator[Counter[tuple[str, int | str]]]:
    """Counts responses by request and status, some of them before and after the disturbance."""
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
        _wait_for_more(counts)
        yield counts
        _wait_for_more(counts)
    finally:
        over.set()
        for thread in running:
            thread.join()


def _wait_for_more(counts: Counter[tuple[str, int | str]]) -> None:
    """Waits until each request has been counted again."""

    def totals() -> Counter[str]:
        found: Counter[str] = Counter()
        for request, status in list(counts):
            found[request] += counts[request, status]
        return found

    before = totals()
    wait_for(lambda: all(totals()[one] > before[one] for one in (GET, POST, OWN)))


def failures(counts: Counter[tuple[str, int | str]], *requests: str) -> dict[str, int]:
    """The responses to these requests that were not 200."""
    return {
        f"{request}: {status}": count
        for (request, status), count in counts.items()
        if request in requests and status != 200
    }
