"""Writes the README's table of plugins and its list of social providers.

Usage: python hooks/readme.py [--check]
"""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from typing import Any

import jinja2
from jinja2_ansible_filters import AnsibleCoreFiltersExtension

REPOSITORY = Path(__file__).resolve().parent.parent
README = REPOSITORY / "README.md"


def data(name: str, variable: str) -> dict[str, dict[str, Any]]:
    """What a module of the template's data holds."""
    loader = jinja2.FileSystemLoader(REPOSITORY)
    jinja = jinja2.Environment(loader=loader, extensions=[AnsibleCoreFiltersExtension])
    module = jinja.get_template(f"template/shared/{name}.jinja").module
    held: dict[str, dict[str, Any]] = getattr(module, variable)
    return held


def plugins() -> str:
    """The plugins as a Markdown table, in the order of the prompt."""
    rows = ["| Plugin | For | Needs | Options |", "|---|---|---|---|"]
    for name, entry in data("plugins", "plugin_data").items():
        needs = ", ".join(f"`{needed}`" for needed in entry.get("requires", []))
        options = ", ".join(f"`{option}`" for option in entry.get("options", {}))
        rows.append(f"| `{name}` | {entry['label']} | {needs} | {options} |")
    return "\n".join(rows) + "\n"


def social_providers() -> str:
    """The social providers in the order of the prompt."""
    names = ", ".join(f"`{name}`" for name in data("social_providers", "social_data"))
    return textwrap.fill(names, 100, break_on_hyphens=False) + "\n"


def filled(text: str, name: str, content: str) -> str:
    """The text with something else between the marks of a name."""
    start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
    before, rest = text.split(start)
    return before + start + content + end + rest.split(end)[1]


def main(check: bool) -> None:
    text = README.read_text(encoding="utf-8")
    fresh = filled(text, "plugins", plugins())
    fresh = filled(fresh, "social providers", social_providers())
    if check and fresh != text:
        sys.exit("README.md does not tell what the template has; run: python hooks/readme.py")
    README.write_text(fresh, encoding="utf-8")


if __name__ == "__main__":
    main("--check" in sys.argv)
