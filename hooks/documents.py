"""Writes the tables of databases, plugins and social providers in ``docs/questions.md``.

Usage: python -m hooks.documents [--check]
"""

from __future__ import annotations

import sys
import textwrap

from hooks import data

QUESTIONS = data.REPOSITORY / "docs" / "questions.md"


def plugins() -> str:
    """The plugins as a Markdown table, in the order of the prompt."""
    rows = ["| Plugin | For | Needs | Options |", "|---|---|---|---|"]
    for name, plugin in data.plugins().items():
        needs = ", ".join(f"`{needed}`" for needed in plugin.requires)
        options = ", ".join(f"`{option}`" for option in plugin.options)
        rows.append(f"| `{name}` | {plugin.label} | {needs} | {options} |")
    return "\n".join(rows) + "\n"


def providers() -> str:
    """The databases as a Markdown table, in the order of the prompt."""
    rows = ["| Provider | Database | URL, for example | Without a URL |", "|---|---|---|---|"]
    for name, provider in data.providers().items():
        rows.append(f"| `{name}` | {provider.label} | `{provider.example}` | {provider.empty} |")
    return "\n".join(rows) + "\n"


def social_providers() -> str:
    """The social providers in the order of the prompt."""
    names = ", ".join(f"`{name}`" for name in data.social_providers())
    return textwrap.fill(names, 100, break_on_hyphens=False) + "\n"


def filled(text: str, name: str, content: str) -> str:
    """The text with new content between the marks of a name."""
    start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
    before, rest = text.split(start)
    return before + start + content + end + rest.split(end)[1]


def main(check: bool) -> None:
    text = QUESTIONS.read_text(encoding="utf-8")
    fresh = filled(text, "providers", providers())
    fresh = filled(fresh, "plugins", plugins())
    fresh = filled(fresh, "social providers", social_providers())
    if check and fresh != text:
        sys.exit("docs/questions.md differs from the template's data; run: make data")
    QUESTIONS.write_text(fresh, encoding="utf-8")


if __name__ == "__main__":
    main("--check" in sys.argv)
