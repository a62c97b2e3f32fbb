"""Shares installed packages between test projects with equal manifests."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from hooks import node
from tests import python_packages
from tests.links import link_tree
from tests.template import REPOSITORY

#: What decides which packages npm installs.
MEMBERS = ("dependencies", "devDependencies", "overrides")


#: Prisma's schema engine of a project, a package of its own.
ENGINE = "packages/better-auth-setup/schema-engine"


def lend(project: Path) -> Path:
    """Gives a rendered project all that setup would install, and the files that lock it.

    The installed files are hard links: tests may add to them and remove, but not write into them.

    Args:
        project: its folder, in which nothing is installed.

    Returns:
        The same folder.

    Raises:
        RuntimeError: npm could not install the packages; contains its output.
        CalledProcessError: the Python packages could not be installed.
    """
    _lend(project)
    if (project / ENGINE).exists():
        _lend(project / ENGINE)
    if (project / "pyproject.toml").exists():
        python_packages.lend(project)
    return project


def _lend(project: Path) -> None:
    manifest = json.loads((project / "package.json").read_text())
    wanted = {member: manifest.get(member, {}) for member in MEMBERS}
    key = hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()[:12]
    shared = REPOSITORY / ".cache" / "projects" / key
    shared.mkdir(parents=True, exist_ok=True)
    with node.locked(shared / "lock"):
        if not (shared / "installed").exists():
            (shared / "package.json").write_text(json.dumps({"private": True, **wanted}))
            result = node.npm_install(node.NPM, shared, "--prefer-offline", "--ignore-scripts")
            if result.returncode:
                raise RuntimeError(result.stderr)
            (shared / "installed").touch()
    packages = project / "node_modules"
    link_tree(shared / "node_modules", packages)
    # npm writes into its own list of what is installed.
    for file in filter(Path.is_file, packages.iterdir()):
        text = file.read_bytes()
        file.unlink()
        file.write_bytes(text)
    lock = json.loads((shared / "package-lock.json").read_text())
    names = {name: manifest[name] for name in ("name", "version") if name in manifest}
    lock |= names
    lock["packages"][""] |= names
    (project / "package-lock.json").write_text(json.dumps(lock, indent=2) + "\n")
    # By this, setup of the Python stack knows what it has installed.
    texts = [(project / name).read_bytes() for name in ("package.json", "package-lock.json")]
    digest = hashlib.sha256(b"\0".join(texts)).hexdigest()
    (packages / ".setup-state").write_text(digest)
