"""Messages of commands, whose long lines are broken."""

from __future__ import annotations

from itertools import pairwise

WIDTH = 80
BEFORE_COMMANDS = ("Run:", "run:", "with:")


def unwrapped(text: str, indent: str = "") -> str:
    """A text with the lines joined that were one line before they were broken.

    Args:
        text: the output.
        indent: what stands before lines that continue another.
    """
    lines = text.split("\n")
    joined = lines[:1]
    for before, line in pairwise(lines):
        rest = line.removeprefix(indent)
        word = rest if before.endswith(BEFORE_COMMANDS) else rest.split(" ", 1)[0]
        if word and line.startswith(indent) and len(before) + 1 + len(word) > WIDTH:
            joined[-1] += f" {rest}"
        else:
            joined.append(line)
    return "\n".join(joined)
