"""Messages fit 80 columns; commands, and what other programs report, stay whole, in both stacks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from better_auth_setup.wrapping import wrapped

from tests.setup.npm_project import call

PROJECT = "/home/ada/" + "a-long-name-of-a-folder" * 4
#: Messages, and how they are printed.
SENTENCES = {
    "a short one": ("setup: Wait until it has finished.", "setup: Wait until it has finished."),
    "a long one": (
        "setup: The npm packages cannot be downloaded, because the package index does not answer. "
        "Check the connection, or name a proxy (HTTPS_PROXY) or another index.",
        "setup: The npm packages cannot be downloaded, because the package index does not\n"
        "answer. Check the connection, or name a proxy (HTTPS_PROXY) or another index.",
    ),
    "a path": (
        f"setup: The project's folder {PROJECT} is read-only for this user.",
        f"setup: The project's folder\n{PROJECT}\nis read-only for this user.",
    ),
    "a command": (
        "setup: The npm packages are not installed: better-auth, hono, prisma. Run: npm run setup",
        "setup: The npm packages are not installed: better-auth, hono, prisma. Run:\nnpm run setup",
    ),
    "a report": (
        "setup: The npm packages cannot be installed:\n      npm cannot find a version of "
        "only-here that matches 2.0.0, which the project depends on.",
        "setup: The npm packages cannot be installed:\n      npm cannot find a version of "
        "only-here that matches 2.0.0, which the project depends on.",
    ),
    "a list": ("setup: There are problems: \n      one", "setup: There are problems:\n      one"),
    "a quoted line": (
        f"setup: `prisma generate` failed:\n128 | id String @id {'x' * 80} // the key\n.",
        f"setup: `prisma generate` failed:\n128 | id String @id {'x' * 80} // the key\n.",
    ),
}


def of_typescript(text: str) -> str:
    return call("wrapping", "wrapped", text)


@pytest.mark.parametrize("wrap", [wrapped, of_typescript])
@pytest.mark.parametrize("name", SENTENCES)
def test_lines_are_broken_between_words_only(name: str, wrap: Callable[[str], str]) -> None:
    message, printed = SENTENCES[name]
    assert wrap(message) == printed


def test_sentences_behind_names_of_steps_are_indented() -> None:
    message = wrapped("word " * 30, width=65, indent=" " * 15)
    assert message.split("\n")[1].startswith(" " * 15 + "word word")
    assert max(len(line.strip()) for line in message.split("\n")) <= 65
