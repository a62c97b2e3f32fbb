"""Prisma's own parser, formatter and validator, as WebAssembly and for many schemas at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from hooks import node

#: The build that is nearest to the pinned CLI, and has the same grammar.
PRISMA_SCHEMA = {
    "@prisma/prisma-schema-wasm": "7.10.0-4.0edf323efd1d98336f3f0a68684b56f689b900d3",
    "dotenv": "17.2.3",
}
SCRIPT = Path(__file__).with_name("prisma_schema.mjs")


def run_node(script: str | Path, stdin: str = "") -> str:
    """Runs an ES module that may import the packages above."""
    return node.run(script, node.install(PRISMA_SCHEMA), stdin)


def ask_prisma(schemas: Sequence[str], question: str) -> list[Any]:
    """Asks about each schema, in two processes if there are two.

    Args:
        schemas: Prisma schemas.
        question: ``validate`` gives the error or nothing, ``format`` the formatted schema,
            ``meaning`` what the schema means: Prisma's parsed form, in an order of its own.
    """
    distinct = list(dict.fromkeys(schemas))
    halves = [half for half in (distinct[::2], distinct[1::2]) if half]
    with ThreadPoolExecutor(2) as processes:
        answers = processes.map(
            lambda half: json.loads(run_node(SCRIPT, json.dumps([question, half]))), halves
        )
    known = {
        schema: answer
        for half, given in zip(halves, answers, strict=True)
        for schema, answer in zip(half, given, strict=True)
    }
    return [known[schema] for schema in schemas]
