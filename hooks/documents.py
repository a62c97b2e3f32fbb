"""Writes the table of plugins in ``docs/questions.md``.

Usage: python -m hooks.documents [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

import jinja2

REPOSITORY = Path(__file__).resolve().parent.parent
QUESTIONS = REPOSITORY / "docs" / "questions.md"


def plugins() -> str:
    """The plugins as a Markdown table, in the order of the prompt."""
    jinja = jinja2.Environment(loader=jinja2.FileSystemLoader(REPOSITORY))
    module = jinja.get_template("template/shared/plugins.jinja").module
    data_of = module.plugin_data  # type: ignore[attr-defined]
    rows = ["| Plugin | For | Needs | Options |", "|---|---|---|---|"]
    for name, data in data_of.items():
        needs = ", ".join(f"`{needed}`" for needed in data.get("requires", []))
        options = ", ".join(f"`{option}`" for option in data.get("options", {}))
        rows.append(f"| `{name}` | {data['label']} | {needs} | {options} |")
    return "\n".join(rows) + "\n"


def filled(text: str, name: str, content: str) -> str:
    """The text with something else between the marks of a name."""
    start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
    before, rest = text.split(start)
    return before + start + content + end + rest.split(end)[1]


def main(check: bool) -> None:
    text = QUESTIONS.read_text(encoding="utf-8")
    fresh = filled(text, "plugins", plugins())
    if check and fresh != text:
        sys.exit("docs/questions.md differs from the plugin data; run: python -m hooks.documents")
    QUESTIONS.write_text(fresh, encoding="utf-8")


if __name__ == "__main__":
    main("--check" in sys.argv)
