"""Runs *generate* in a rendered project."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.template import REPOSITORY
from tests.wrapped import unwrapped

#: The paths that an installation would make importable.
SOURCES = (str(REPOSITORY / "template/python/packages/better-auth-setup/src"),)

#: The variables that the command inherits.
KEPT = ("PATH", "HOME", "NODE_COMPILE_CACHE")


@dataclass
class Project:
    folder: Path

    @property
    def schema(self) -> Path:
        return self.folder / "prisma" / "schema.prisma"

    def generate(
        self, *options: str | Path, python: str = "", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Runs the command with this interpreter, after the code ``python`` in the same process.

        The broken lines of ``stderr`` are joined.
        """
        start = "import runpy, sys; sys.argv[0] = 'generate'; "
        run = "runpy.run_module('better_auth_setup', run_name='__main__', alter_sys=True)"
        begin = [sys.executable, "-c", f"{python}\n{start}{run}"]
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        result = subprocess.run(
            [*begin, "generate", *map(str, options)],
            cwd=self.folder,
            env={**kept, "PYTHONPATH": os.pathsep.join(SOURCES), **environment},
            capture_output=True,
            text=True,
        )
        assert "Traceback" not in result.stderr, result.stderr
        result.stderr = unwrapped(result.stderr)
        return result

    def change(self, file: str, old: str, new: str) -> None:
        path = self.folder / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def configure(self, old: str, new: str) -> None:
        """Changes ``auth.ts``."""
        self.change("src/lib/auth.ts", old, new)

    def use(self, plugin: str) -> None:
        """Adds a plugin to ``auth.ts``."""
        self.configure("plugins: [", f"plugins: [\n    {plugin}(),")
        self.configure(
            "\n/** The auth", f'import {{ {plugin} }} from "better-auth/plugins";\n\n/** The auth'
        )
