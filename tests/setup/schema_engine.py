"""The WebAssembly schema engine, called as Prisma's CLI calls it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hooks.node import NODE
from tests.project.typescript_sources import install_packages
from tests.template import REPOSITORY
from tests.waiting import TIMEOUT

SOURCES = REPOSITORY / "template" / "shared" / "schema-engine"


@dataclass(frozen=True)
class SchemaEngine:
    """The engine in its own folder, for one database."""

    folder: Path
    provider: str
    url: str

    @classmethod
    def make(cls, folder: Path, provider: str, url: str) -> SchemaEngine:
        """Copies the engine into a new folder."""
        shutil.copytree(SOURCES, folder)
        (folder / "node_modules").symlink_to(install_packages())
        schema = f'datasource db {{\n  provider = "{provider}"\n}}\n'
        (folder / "schema.prisma").write_text(schema)
        return cls(folder, provider, url)

    def execute(self, scripts: Sequence[str]) -> list[str]:
        """Runs SQL scripts in order; returns the engine's message of each failure."""
        source = {"tag": "url", "url": self.url}
        requests = [
            {
                "id": number,
                "method": "dbExecute",
                "params": {"datasourceType": source, "script": sql},
            }
            for number, sql in enumerate(scripts)
        ]
        done = subprocess.run(
            [
                *(str(NODE / "bin" / "node"), str(self.folder / "index.mjs")),
                *("--datamodels", str(self.folder / "schema.prisma")),
                *("--datasource", json.dumps({"url": self.url})),
            ],
            input="".join(f"{json.dumps(request)}\n" for request in requests),
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=True,
        )
        answers = {one["id"]: one for one in map(json.loads, done.stdout.splitlines())}
        return [
            answers[number].get("error", {"message": ""})["message"].strip()
            for number in range(len(scripts))
        ]
