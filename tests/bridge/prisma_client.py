"""A real Prisma client in Node.js, and better-auth's own prismaAdapter upon it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hooks import node
from tests.bridge.databases import generate_client

_SCRIPT = Path(__file__).with_suffix(".mjs")


class PrismaError(Exception):
    """What Prisma says is wrong."""


class PrismaClient:
    """Both of them, on one model: ``User``."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, method: str, **argument: Any) -> Any:
        """``prisma.user.<method>(argument)``."""
        return self._ask("client", method, argument)

    def ask_official(self, method: str, **argument: Any) -> Any:
        """The same of better-auth's adapter."""
        return self._ask("official", method, {"model": "user", **argument})

    def _ask(self, target: str, method: str, argument: dict[str, Any]) -> Any:
        assert self._process.stdin and self._process.stdout
        question = {"target": target, "method": method, "argument": argument}
        self._process.stdin.write(json.dumps(question, default=_to_javascript) + "\n")
        self._process.stdin.flush()
        reply = json.loads(self._process.stdout.readline(), object_hook=_from_javascript)
        if "error" in reply:
            raise PrismaError(reply["error"])
        return reply["value"]


def _to_javascript(value: object) -> Any:
    if isinstance(value, datetime):
        return {"$date": value.isoformat()}
    if isinstance(value, BigInt):
        return {"$bigint": str(value.value)}
    raise TypeError(value)


class BigInt:
    """An integer that JavaScript takes for a ``bigint``."""

    def __init__(self, value: int) -> None:
        self.value = value


def _from_javascript(found: dict[str, Any]) -> Any:
    if "$date" in found:
        return datetime.fromisoformat(found["$date"].replace("Z", "+00:00"))
    return int(found["$bigint"]) if "$bigint" in found else found


@contextmanager
def prisma_client(
    folder: Path, provider: str, url: str, fields: dict[str, Any], *, zone: str
) -> Iterator[PrismaClient]:
    """Runs a client of the schema in ``folder``.

    Args:
        folder: where ``schema.prisma`` is.
        provider: its provider.
        url: the database, as Prisma's driver adapters want it.
        fields: better-auth's ``user.additionalFields``.
        zone: the time zone of the process.
    """
    packages = generate_client(folder)
    script = folder / _SCRIPT.name
    script.write_text(_SCRIPT.read_text())
    if not (folder / "node_modules").exists():
        (folder / "node_modules").symlink_to(packages)
    arguments = [str(script), str(folder), provider, url, json.dumps(fields)]
    process = subprocess.Popen(
        ["node", *arguments],
        cwd=folder,
        env={**node.environment(), "TZ": zone, "NODE_NO_WARNINGS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield PrismaClient(process)
    finally:
        assert process.stdin
        process.stdin.close()
        process.wait(timeout=30)


def utc(text: str) -> datetime:
    """A moment, from ISO 8601 without a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
