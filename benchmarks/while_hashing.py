"""The duration of a trivial route during sign-ins, in both stacks.

Usage: python -m benchmarks.while_hashing [SIGN_INS]

Hashing a password is some 50 ms of work. A server that does it on its event loop answers
no other request meanwhile. The sign-ins all start at once; the trivial route is requested until
the last of them is answered.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from benchmarks.timing import seconds, table
from hooks.demo import STACKS, serving
from hooks.node import REPOSITORY, environment

COPIER = str(Path(sys.executable).with_name("copier"))
PERSON = {"name": "Ada", "email": "ada@example.com", "password": "correct horse battery"}


async def ask(client: httpx.AsyncClient) -> float:
    """The milliseconds of a trivial route."""
    started = time.perf_counter()
    (await client.get("/")).raise_for_status()
    return (time.perf_counter() - started) * 1000


async def measure(address: str, sign_ins: int) -> dict[str, list[float]]:
    headers = {"Origin": address}
    limits = httpx.Limits(max_connections=None)
    async with (
        httpx.AsyncClient(base_url=address, headers=headers, timeout=60, limits=limits) as people,
        httpx.AsyncClient(base_url=address, timeout=60) as watcher,
    ):
        (await people.post("/api/auth/sign-up/email", json=PERSON)).raise_for_status()
        idle = [await ask(watcher) for _ in range(200)]
        people.cookies.clear()
        signing_in = asyncio.gather(
            *(
                people.post("/api/auth/sign-in/email", json=PERSON, headers=_from(number))
                for number in range(sign_ins)
            )
        )
        busy = []
        while not signing_in.done():
            busy.append(await ask(watcher))
        for answer in await signing_in:
            answer.raise_for_status()
    return {"idle": idle, f"during {sign_ins} sign-ins": busy}


def _from(number: int) -> dict[str, str]:
    """Headers of a client with an address of its own, to avoid rate limits."""
    return {"X-Forwarded-For": f"203.0.113.{number}"}


def main(sign_ins: int) -> None:
    os.environ["TRUSTED_PROXIES"] = "127.0.0.1"
    rows: dict[str, list[float]] = {}
    for name, stack in STACKS.items():
        with TemporaryDirectory() as folder:
            project = Path(folder) / "app"
            copy = [COPIER, "copy", "--quiet", "--defaults", "--vcs-ref", "HEAD"]
            command = [*copy, "--data", f"stack={name}", str(REPOSITORY), str(project)]
            subprocess.run(command, check=True, capture_output=True)
            try:
                subprocess.run(
                    stack.setup, cwd=project, env=environment(), check=True, capture_output=True
                )
                with serving(stack, project) as address:
                    times = asyncio.run(measure(address, sign_ins))
            finally:
                seconds(stack.stop, project, environment())
        rows |= {f"{name}: {what}": values for what, values in times.items()}
    print(table(rows, "ms"))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
