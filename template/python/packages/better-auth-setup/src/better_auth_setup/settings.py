"""Reads a project's settings, and completes ``.env.local``."""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from better_auth_setup.env_file import parse_env
from better_auth_setup.node import Packages
from better_auth_setup.problem import Problem

OWN_FILE = ".env.local"
EXAMPLE = ".env.example"
_FILES = (OWN_FILE, ".env")
_SECRET = "BETTER_AUTH_SECRET"
#: Not copied from the example, where their values are samples.
_PERSONAL = ("DATABASE_URL", _SECRET)
_ASSIGNMENT = re.compile(
    rb"^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(.*?)[ \t]*$"
)
_PLAIN = re.compile(r"[A-Za-z0-9_./:-]*")


@dataclass(frozen=True)
class Settings:
    """The settings of a project: the environment, then ``.env.local``, then ``.env``.

    An empty value counts as missing in each of them.
    """

    root: Path

    def get(self, name: str) -> str:
        """The value of a setting; empty if it is missing.

        Raises:
            Problem: a file cannot be read.
        """
        return next((values[name] for _, values in self._sources() if values.get(name)), "")

    def place(self, name: str) -> str:
        """The setting with the place of its value, such as "DATABASE_URL in .env"."""
        places = [place for place, values in self._sources() if values.get(name)]
        first = places[0] if places else f"in {OWN_FILE}"
        overrides = f", which overrides {places[1][3:]}" if len(places) > 1 else ""
        return f"{name} {first}{overrides if first == 'of the environment' else ''}"

    def variables(self) -> dict[str, str]:
        """All settings and all variables of the environment.

        Raises:
            Problem: a file cannot be read.
        """
        found: dict[str, str] = {}
        for _, values in reversed(self._sources()):
            found |= {name: value for name, value in values.items() if value}
        return {**found, "DIRECT_URL": self.direct_url}

    @property
    def direct_url(self) -> str:
        """The URL that Prisma's CLI uses instead of DATABASE_URL; empty if there is none.

        A file's DIRECT_URL is ignored if DATABASE_URL comes from a source that precedes the file:
        it belongs to another database.
        """
        for _, values in self._sources():
            if url := values.get("DIRECT_URL"):
                return url
            if values.get("DATABASE_URL"):
                break
        return ""

    def missing(self) -> dict[str, str]:
        """The settings that `complete` would add or fill in, with the example's values."""
        own = _read(self.root / OWN_FILE)
        found = {one.name: one.value for one in _wanted(self.root) if one.name not in own}
        return found if self.get(_SECRET) else {**found, _SECRET: ""}

    @property
    def is_private(self) -> bool:
        """Whether only the owner can read ``.env.local``."""
        path = self.root / OWN_FILE
        return not path.exists() or not stat.S_IMODE(path.stat().st_mode) & 0o077

    def close(self) -> None:
        """Makes ``.env.local`` readable for its owner only.

        Raises:
            Problem: it belongs to another user.
        """
        if self.is_private:
            return
        try:
            (self.root / OWN_FILE).chmod(0o600)
        except OSError as error:
            raise Problem(f"Make {OWN_FILE} a file of yours: {error.strerror}.") from None

    def complete(self) -> list[str]:
        """Adds missing settings of the example to ``.env.local``, and a secret if there is none.

        Returns:
            The names of the settings that were added or filled in.

        Raises:
            Problem: a file cannot be read or written.
        """
        values = self.missing()
        if not self.get(_SECRET):
            values[_SECRET] = secrets.token_urlsafe(32)
        self.fill_in(values)
        self.close()
        return [*values]

    def refuse_expansions(self) -> None:
        """Refuses ``$`` in the project's settings if it uses Next.js, which expands ``$name``.

        Python and Node.js take it literally, and the servers would disagree.

        Raises:
            Problem: a setting has one, and the message names it, without its value; or
                package.json cannot be read.
        """
        example = self.root / EXAMPLE
        is_nextjs = "next" in Packages(self.root).manifest().get("dependencies", {})
        if not is_nextjs or not example.exists():
            return
        known = re.findall(r"^(?:# )?([A-Z_]+)=", example.read_text(encoding="utf-8"), re.M)
        for place, values in self._sources()[1:]:
            for name in known:
                if "$" in values.get(name, ""):
                    raise Problem(
                        f"Replace the $ of {name} {place}, in a URL by %24: "
                        "Next.js expands it, other programs do not."
                    )

    def _sources(self) -> list[tuple[str, Mapping[str, str]]]:
        files = [(f"in {name}", _read(self.root / name)) for name in _FILES]
        return [("of the environment", dict(os.environ)), *files]

    def fill_in(self, values: Mapping[str, str]) -> None:
        """Sets missing settings in ``.env.local``: appends them, or fills in empty ones.

        All other bytes stay unchanged.

        Raises:
            Problem: the file cannot be read or written.
        """
        path = (self.root / OWN_FILE).resolve()
        old = content = path.read_bytes() if path.exists() else b""
        newline = b"\r\n" if b"\r\n" in content else b"\n"
        comments = {one.name: one.comment for one in _wanted(self.root)}
        own = _read(path)
        for name, value in values.items():
            line = name.encode() + b"=" + _quoted(value)
            if name in own:
                content = _filled(content, name, value)
                continue
            if content and not content.endswith(b"\n"):
                content += newline
            comment = comments.get(name, "").encode().replace(b"\n", newline)
            content += (newline if content else b"") + comment + line + newline
        if content != old or not path.exists():
            _replace(path, content)


@dataclass(frozen=True)
class _Variable:
    """A variable of the example file, with the comment above it."""

    name: str
    value: str
    comment: str


def _read(path: Path) -> dict[str, str]:
    """The variables of an env file; empty if the file does not exist.

    Raises:
        Problem: the file cannot be read, is not UTF-8, or begins with a byte order mark.
    """
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
    except UnicodeDecodeError:
        raise Problem(f"{path.name} is not UTF-8 text; save it as UTF-8.") from None
    except OSError as error:
        raise Problem(f"{path.name} cannot be read: {error.strerror}.") from None
    if text.startswith("\ufeff"):
        raise Problem(f"Save {path.name} without a byte order mark: Node.js reads it as a name.")
    return parse_env(text)


def _wanted(root: Path) -> list[_Variable]:
    """The variables of the project's example file, in its order."""
    example = root / EXAMPLE
    values = _read(example)
    variables, comment = [], ""
    for line in example.read_text(encoding="utf-8").splitlines() if example.exists() else ():
        found = _ASSIGNMENT.match(line.encode())
        if found and not line.startswith("#"):
            name = found[1].decode()
            value = "" if name in _PERSONAL else values[name]
            variables.append(_Variable(name, value, comment))
        comment = comment + line + "\n" if line.startswith("#") else ""
    return variables


def _quoted(value: str) -> bytes:
    return (value if _PLAIN.fullmatch(value) else f'"{value}"').encode()


def _filled(content: bytes, name: str, value: str) -> bytes:
    """Sets the value in the last line that assigns the variable, and keeps that line's comment."""
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


def _replace(path: Path, content: bytes) -> None:
    """Writes the file atomically, readable for its owner only."""
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
