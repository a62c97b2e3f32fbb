"""Completing ``.env.local``: what is missing is added, what is there stays as it is."""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

from better_auth_setup.console import Problem

#: Never copied from the example: a value there is none to use.
_PERSONAL = ("DATABASE_URL", "BETTER_AUTH_SECRET")
_ASSIGNMENT = re.compile(
    rb"^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(.*?)[ \t]*$"
)
_PLAIN = re.compile(r"[A-Za-z0-9_./:-]*")


@dataclass(frozen=True)
class Variable:
    """A variable of the example file, with the comment above it."""

    name: str
    value: str
    comment: str


def read(path: Path) -> dict[str, str]:
    """The variables of an env file; none if it does not exist.

    Raises:
        Problem: it cannot be read, or is not text.
    """
    try:
        return {name: value or "" for name, value in dotenv_values(path).items()}
    except UnicodeDecodeError:
        raise Problem(f"{path.name} is not UTF-8 text; save it as UTF-8.") from None
    except OSError as error:
        raise Problem(f"{path.name} cannot be read: {error.strerror}.") from None


def wanted(example: Path) -> list[Variable]:
    """The variables that the project's example file names, in its order."""
    values = read(example)
    variables, comment = [], ""
    for line in example.read_text(encoding="utf-8").splitlines():
        found = _ASSIGNMENT.match(line.encode())
        if line.startswith("#"):
            comment += line + "\n"
        elif found:
            name = found[1].decode()
            value = "" if name in _PERSONAL else values[name]
            variables.append(Variable(name, value, comment))
            comment = ""
        else:
            comment = ""
    return variables


def missing(path: Path, example: Path) -> list[str]:
    """The names that `complete` would add or fill in, from the example file or by itself."""
    existing = read(path)
    names = [variable.name for variable in wanted(example) if variable.name not in existing]
    secret = "BETTER_AUTH_SECRET"
    if not _value(existing, secret) and secret not in names:
        names.append(secret)
    return names


def is_private(path: Path) -> bool:
    """Whether nobody but its owner can read the file."""
    return not stat.S_IMODE(path.stat().st_mode) & 0o077


def complete(path: Path, example: Path, values: Mapping[str, Callable[[], str]]) -> list[str]:
    """Adds the variables that are missing, and fills in those of `values` that are empty.

    Other lines stay byte for byte. The file is written at once or not at all, and only its owner
    can read it then.

    Args:
        path: the file; it may not exist.
        example: names the variables that should be there.
        values: makes the value of a variable that has none, here or in the environment.

    Returns:
        The names that were added or filled in.

    Raises:
        Problem: a file cannot be read or written.
    """
    path = path.resolve()
    existing = read(path)
    content = path.read_bytes() if path.exists() else b""
    newline = b"\r\n" if b"\r\n" in content else b"\n"
    changed = []

    variables = {variable.name: variable for variable in wanted(example)}
    for name in values:
        variables.setdefault(name, Variable(name, "", ""))
    for name, variable in variables.items():
        make = values.get(name)
        value = make() if make and not _value(existing, name) else variable.value
        if name not in existing:
            line = name.encode() + b"=" + _quoted(value)
            content = _append(content, variable.comment, line, newline)
        elif make and not existing[name] and value:
            content = _fill_in(content, name, value)
        else:
            continue
        changed.append(name)

    if changed or not path.exists():
        _write(path, content)
    elif not is_private(path):
        path.chmod(0o600)
    return changed


def new_secret() -> str:
    """A secret of characters that every reader of env files understands alike."""
    return secrets.token_urlsafe(32)


def _value(existing: Mapping[str, str], name: str) -> str:
    return os.environ.get(name) or existing.get(name, "")


def _quoted(value: str) -> bytes:
    return (value if _PLAIN.fullmatch(value) else f'"{value}"').encode()


def _append(content: bytes, comment: str, line: bytes, newline: bytes) -> bytes:
    if content and not content.endswith(b"\n"):
        content += newline
    separator = newline if content else b""
    return content + separator + comment.encode().replace(b"\n", newline) + line + newline


def _fill_in(content: bytes, name: str, value: str) -> bytes:
    """Gives the last line that names the variable a value; a comment behind it stays."""
    lines = content.splitlines(keepends=True)
    for number in reversed(range(len(lines))):
        text = lines[number].rstrip(b"\r\n")
        found = _ASSIGNMENT.match(text)
        if found and found[1] == name.encode():
            comment = b"  " + found[2] if found[2].startswith(b"#") else b""
            start = text[: found.start(2)].rstrip()
            lines[number] = start + _quoted(value) + comment + lines[number][len(text) :]
            break
    return b"".join(lines)


def _write(path: Path, content: bytes) -> None:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists() and os.geteuid() == 0:
            owner = path.stat()
            os.chown(draft, owner.st_uid, owner.st_gid)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise Problem(f"{path} cannot be written: {error.strerror}.") from None
