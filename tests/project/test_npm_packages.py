"""npm accepts a project's package.json, and shared dependencies are installed once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hooks import node
from tests.answers import plugin_data
from tests.project.kept import kept
from tests.project.typescript_sources import render_project

PLUGINS = {
    "all": list(plugin_data()),
    "none": [],
    **{
        plugin: [plugin]
        for plugin, data in plugin_data().items()
        if {"package", "imports"} & data["typescript"].keys()
    },
}


def npm(version: str) -> Path:
    """npm 11 of Node.js 24, or npm 10 of Node.js 22."""
    if version == "11":
        return node.NPM
    return node.install({"npm": "10.9.9"}) / "node_modules" / "npm" / "bin" / "npm-cli.js"


@pytest.mark.e2e
@pytest.mark.parametrize(
    "version", ["11", pytest.param("10", marks=pytest.mark.exhaustive)], ids="npm-{}".format
)
@pytest.mark.parametrize(
    "plugins",
    [
        pytest.param(plugins, marks=() if name == "all" else pytest.mark.exhaustive, id=name)
        for name, plugins in PLUGINS.items()
    ],
)
def test_npm_installs_one_of_each_with_strict_peers(
    tmp_path: Path, plugins: list[str], version: str
) -> None:
    render_project({"plugins": plugins}, tmp_path)
    manifests = sorted(tmp_path.rglob("package.json"))
    sources = (version.encode(), *(file.read_bytes() for file in manifests))
    with kept("resolved", *sources) as (folder, is_new):
        file = folder / "packages.json"
        if is_new:
            file.write_text(json.dumps(node.resolved(tmp_path, npm(version))))
        packages = json.loads(file.read_text())
    versions = node.pins()["versions"]["npm"]
    for name in node.pins()["npm_overrides"]:
        copies = [path for path in packages if path.endswith(f"node_modules/{name}")]
        assert copies == [f"node_modules/{name}"]
        assert packages[copies[0]]["version"] == versions[name]
