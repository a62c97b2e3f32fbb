"""Breaks the lines of messages."""

from __future__ import annotations

import re

_COMMAND_OR_WORD = re.compile(r"(?:(?<=\b[Rr]un: )|(?<=\bwith: )).+|\S+")
#: A line of another program's report, or of a schema that it quotes.
_QUOTED = re.compile(r"\s|\d+ \|")


def wrapped(text: str, width: int = 80, indent: str = "") -> str:
    """A text with its long lines broken, but not within commands.

    Args:
        text: sentences; what is indented or quoted in it stays as it is.
        width: the length of a line, to which the indent is added.
        indent: before lines that continue another.
    """
    lines = []
    for line in text.split("\n"):
        if len(line) <= width or _QUOTED.match(line):
            lines.append(line.rstrip())
            continue
        parts = [""]
        for word in _COMMAND_OR_WORD.findall(line):
            if parts[-1] and len(parts[-1]) + 1 + len(word) > width:
                parts.append("")
            parts[-1] += f" {word}" if parts[-1] else word
        lines.append(f"\n{indent}".join(parts))
    return "\n".join(lines)
