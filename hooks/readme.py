"""Writes the README's table of plugins from ``template/shared/plugins.jinja``.

Usage: python hooks/readme.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

import jinja2

REPOSITORY = Path(__file__).resolve().parent.parent
README = REPOSITORY / "README.md"
START, END = "<!-- plugins -->\n", "<!-- /plugins -->\n"


def table() -> str:
    """The plugins as a Markdown table, in the order of the prompt."""
    jinja = jinja2.Environment(loader=jinja2.FileSystemLoader(REPOSITORY))
    plugins = jinja.get_template("template/shared/plugins.jinja").module.plugin_data  # type: ignore[attr-defined]
    rows = ["| Plugin | For | Needs | Options | Stacks |", "|---|---|---|---|---|"]
    for name, data in plugins.items():
        needs = ", ".join(f"`{needed}`" for needed in data.get("requires", []))
        options = ", ".join(f"`{option}`" for option in data.get("options", {}))
        stacks = "both" if "python" in data else "TypeScript"
        rows.append(f"| `{name}` | {data['label']} | {needs} | {options} | {stacks} |")
    return "\n".join(rows) + "\n"


def main(check: bool) -> None:
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(START)
    after = rest.split(END)[1]
    fresh = before + START + table() + END + after
    if check and fresh != text:
        sys.exit("README.md's plugins are not those of the template; run: python hooks/readme.py")
    README.write_text(fresh, encoding="utf-8")


if __name__ == "__main__":
    main("--check" in sys.argv)
