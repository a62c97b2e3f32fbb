"""generate as people start it, in a rendered project."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

#: The folders of a project that its installation would make importable.
SOURCES = ("src", "packages/better-auth-setup/src")


@dataclass
class Project:
    folder: Path

    @property
    def schema(self) -> Path:
        return self.folder / "prisma" / "schema.prisma"

    def generate(self, *options: str | Path, python: str = "") -> subprocess.CompletedProcess[str]:
        """Runs the command with this interpreter; ``python`` is run before it, in its process."""
        start = "import runpy, sys; sys.argv[0] = 'generate'; "
        run = "runpy.run_module('better_auth_setup', run_name='__main__', alter_sys=True)"
        begin = [sys.executable, "-c", f"{python}\n{start}{run}"]
        sources = os.pathsep.join(str(self.folder / source) for source in SOURCES)
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        result = subprocess.run(
            [*begin, "generate", *map(str, options)],
            cwd=self.folder,
            env={**kept, "PYTHONPATH": sources},
            capture_output=True,
            text=True,
        )
        assert "Traceback" not in result.stderr, result.stderr
        return result

    def configure(self, old: str, new: str) -> None:
        """Changes ``auth.py``."""
        file = self.folder / "src" / "app" / "auth.py"
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))

    def use(self, plugin: str) -> None:
        """Adds a plugin to ``auth.py``."""
        self.configure("plugins=[", f"plugins=[\n        {plugin},")
        self.configure(
            "\nfrom better_auth_prisma",
            "from better_auth import plugins_ext\n\nfrom better_auth_prisma",
        )
