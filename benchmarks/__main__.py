"""Measures everything, one part after the other, and writes the tables of docs/performance.md.

Usage: python -m benchmarks [PART ...]

With PART, such as ``scaffold``, only the tables of that part are measured; all others stay. The
last section, *Against the targets*, is prose and always stays.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from textwrap import fill

from benchmarks.scaffold import PEERS
from benchmarks.session_check import FASTAPI_USERS
from hooks import node

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
COMMENTS = "## Against the targets"
#: For each part, the heading of its tables, and the text above them.
PARTS = {
    "scaffold": (
        "Rendering and updates",
        f"{' and '.join(f'{name} {version}' for name, version in PEERS.items())} write a project "
        "with better-auth and Prisma and install nothing; so does `copier copy`. The updates go "
        "from better-auth 1.6.33 to the present one, in a project with one added model; the large "
        "project also has 2,000 added modules.",
    ),
    "set_up": (
        "Setup and start",
        "No plugins, an embedded PostgreSQL, package caches warm. *start* ends when the health "
        "route answers.",
    ),
    "generate": (
        "*generate* beside `auth generate`",
        "In one project with four plugins, whose schema is up to date.",
    ),
    "while_hashing": (
        "A trivial route while 20 users sign in at once",
        "Each sign-in hashes a password.",
    ),
    "dead_mail_server": (
        "Sign-up and password reset, by mail server",
        "The mail server is live (takes mails), dead (refuses connections) or silent (never "
        "responds). No response waits for a mail, so the times are about the same.",
    ),
    "session_check": (
        "Who is signed in: CPU time of a request",
        "One PostgreSQL, a thousand users, eight connections. Each request reads the session from "
        f"the database (the JWT strategy: the user). fastapi-users is {FASTAPI_USERS}.",
    ),
}


def processor() -> str:
    """The name of the processor."""
    information = Path("/proc/cpuinfo").read_text()
    names = [line.partition(": ")[2] for line in information.splitlines() if "model name" in line]
    return names[0] if names else platform.machine()


def main(parts: Collection[str]) -> None:
    before = DOCUMENT.read_text(encoding="utf-8")
    pins = node.pins()["versions"]
    sections = [
        "# Performance",
        fill(
            f"Written by `make bench` on {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores of "
            f"{processor()}, Linux, Python {platform.python_version()}, "
            f"better-auth {pins['npm']['better-auth']}, Prisma {pins['npm']['prisma']}, "
            f"FastAPI {pins['python']['fastapi']}. In each table, the rows were measured in turns.",
            width=100,
        ),
    ]
    for name, (heading, note) in PARTS.items():
        if parts and name not in parts:
            sections.append(section(before, heading))
            continue
        print(f"{name} ...", file=sys.stderr)
        command = [sys.executable, "-m", f"benchmarks.{name}"]
        result = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        sections += [f"## {heading}", fill(note, 100), result.stdout.strip()]
    _, _, comments = before.partition(COMMENTS)
    sections.append(COMMENTS + comments)
    DOCUMENT.write_text("\n\n".join(sections), encoding="utf-8")
    print(f"Written: {DOCUMENT}", file=sys.stderr)


def section(page: str, heading: str) -> str:
    """A part of the page, with its heading."""
    text = page.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return f"## {heading}\n{text.rstrip()}"


if __name__ == "__main__":
    main(sys.argv[1:])
