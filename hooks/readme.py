"""Writes what the README says about the template's files: its plugins and the bridge's size.

Usage: python hooks/readme.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

import jinja2

REPOSITORY = Path(__file__).resolve().parent.parent
README = REPOSITORY / "README.md"
BRIDGE = REPOSITORY / "template" / "python" / "src" / "better_auth_prisma"
SETUP = REPOSITORY / "template/python/packages/better-auth-setup/src/better_auth_setup"


def plugins() -> str:
    """The plugins as a Markdown table, in the order of the prompt."""
    jinja = jinja2.Environment(loader=jinja2.FileSystemLoader(REPOSITORY))
    module = jinja.get_template("template/shared/plugins.jinja").module
    data_of = module.plugin_data  # type: ignore[attr-defined]
    rows = ["| Plugin | For | Needs | Options | Stacks |", "|---|---|---|---|---|"]
    for name, data in data_of.items():
        needs = ", ".join(f"`{needed}`" for needed in data.get("requires", []))
        options = ", ".join(f"`{option}`" for option in data.get("options", {}))
        stacks = "both" if "python" in data else "TypeScript"
        rows.append(f"| `{name}` | {data['label']} | {needs} | {options} | {stacks} |")
    return "\n".join(rows) + "\n"


def bridge() -> str:
    """How much of our code a Python project gets, in rounded lines, comments included."""
    generate, postgres = lines(SETUP / "generate"), lines(SETUP / "embedded_postgres")
    rest = lines(BRIDGE)
    return (
        f"The adapter, the routes and the session check have about {round(rest, -2):,} lines with\n"
        f"their comments, *generate* {round(generate, -2):,}, the embedded PostgreSQL "
        f"{round(postgres, -2):,}.\n"
    )


def lines(folder: Path) -> int:
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in folder.rglob("*.py"))


def filled(text: str, name: str, content: str) -> str:
    """The text with something else between the marks of a name."""
    start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
    before, rest = text.split(start)
    return before + start + content + end + rest.split(end)[1]


def main(check: bool) -> None:
    text = README.read_text(encoding="utf-8")
    fresh = filled(filled(text, "plugins", plugins()), "bridge", bridge())
    if check and fresh != text:
        sys.exit("README.md does not tell what the template has; run: python hooks/readme.py")
    README.write_text(fresh, encoding="utf-8")


if __name__ == "__main__":
    main("--check" in sys.argv)
