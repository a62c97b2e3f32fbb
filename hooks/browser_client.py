"""Bundles better-auth's browser client for the pages, with its plugins and their licences.

Usage: python -m hooks.browser_client

It writes ``client.js`` and ``LICENSES.txt`` into ``template/shared/better-auth-pages``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from hooks import data, node

PACKAGE = node.REPOSITORY / "template" / "shared" / "better-auth-pages"
#: The bundler, the client's own dependencies, and the QR code encoder, in exact versions.
TOOLS: dict[str, str] = node.pins()["versions"]["bundle"] | node.pinned("uqr")
#: The packages of plugins with a client that are not part of better-auth.
PLUGINS = sorted(
    plugin.typescript.package.removeprefix("@better-auth/")
    for plugin in data.plugins().values()
    if plugin.typescript.package and plugin.typescript.client
)

SCRIPT = Path(__file__).with_name("browser_client.mjs")


def build() -> dict[str, str]:
    """The bundle and its licences, by file name.

    Raises:
        RuntimeError: npm or esbuild failed; with its output.
    """
    folder = node.install(node.pinned(*node.BETTER_AUTH) | TOOLS)
    built = json.loads(node.run(SCRIPT, folder, json.dumps(PLUGINS)))
    modules = [*packages(built["inputs"])]
    manifests = [(folder / module, manifest(folder / module)) for module in sorted(set(modules))]
    names = ", ".join(f"{one['name']} {one['version']}" for _, one in manifests)
    return {
        "client.js": f"// {names}; see LICENSES.txt\n{built['text'].rstrip()}\n",
        "LICENSES.txt": "\n\n".join(licence(place, one) for place, one in manifests) + "\n",
    }


def packages(inputs: list[str]) -> Iterator[str]:
    """The package folders of these files."""
    for file in inputs:
        if "node_modules/" in file:
            before, _, inside = file.rpartition("node_modules/")
            depth = 2 if inside.startswith("@") else 1
            yield f"{before}node_modules/{'/'.join(inside.split('/')[:depth])}"


def manifest(package: Path) -> dict[str, str]:
    content: dict[str, str] = json.loads((package / "package.json").read_text(encoding="utf-8"))
    return content


def licence(package: Path, content: dict[str, str]) -> str:
    """A package's licence text; without one, the name of its licence."""
    title = f"{content['name']} {content['version']}: {content['license']}"
    texts = sorted(package.glob("[Ll][Ii][Cc][Ee][Nn][CcSs][Ee]*"))
    lines = [line.rstrip() for text in texts for line in text.read_text("utf-8").splitlines()]
    return "\n".join([title, "", *lines]).strip()


def main() -> None:
    for name, text in build().items():
        (PACKAGE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
