"""Reads env files as Node.js does, so that Python and Node.js see the same values."""

from __future__ import annotations

import re
from pathlib import Path

_BLANKS = " \t\n"


def read_env_file(path: Path) -> dict[str, str]:
    """The variables of an env file; none if the file does not exist.

    Raises:
        OSError: the file cannot be read.
        UnicodeDecodeError: the file is not UTF-8.
    """
    return parse_env(path.read_text(encoding="utf-8-sig")) if path.exists() else {}


def parse_env(text: str) -> dict[str, str]:
    r"""The variables of an env file's text, as ``parseEnv`` of ``node:util`` gives them.

    Except: where only blanks follow ``=``, the value is empty; ``parseEnv`` takes the next line.
    python-dotenv reads some lines in another way: ``#`` without a blank before it, backquotes, and
    ``\"`` or ``\\`` in quotes.
    """
    values: dict[str, str] = {}
    rest = re.sub(r"=[ \t]+$", "=", text.replace("\r", ""), flags=re.MULTILINE).strip(_BLANKS)
    while rest:
        line, _, following = rest.partition("\n")
        if "=" not in line or line.startswith("#"):
            rest = following.strip(_BLANKS)
            continue
        name, _, rest = rest.partition("=")
        name = name.strip(_BLANKS).removeprefix("export ").strip(_BLANKS)
        if not name:
            continue
        rest = rest if rest.startswith("\n") else rest.strip(_BLANKS)
        quote = rest[:1] if rest[:1] in ("'", '"', "`") else ""
        if quote and quote in rest[1:]:
            value, _, rest = rest[1:].partition(quote)
            values[name] = value.replace("\\n", "\n") if quote == '"' else value
            rest = rest.partition("\n")[2]
        else:
            value, _, rest = rest.partition("\n")
            values[name] = value if quote else value.partition("#")[0].strip(_BLANKS)
    return values
