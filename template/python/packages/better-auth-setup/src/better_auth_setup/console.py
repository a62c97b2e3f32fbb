"""What the commands say: a line for each step, and sentences about problems."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from better_auth_setup.problem import Problem

#: The password in anything that looks like a connection URL.
_URL_PASSWORD = re.compile(r"(://[^\s:/@]*:)[^\s/@]+(?=@)")
_SECRET_NAMES = ("SECRET", "PASSWORD", "TOKEN", "KEY")
_SHORTEST_SECRET = 8


def without_passwords(text: str) -> str:
    """A text whose connection URLs have no password."""
    return _URL_PASSWORD.sub(r"\1***", text)


class Step:
    """A step that is under way."""

    def __init__(self) -> None:
        self.detail = ""
        #: How long it took, if that is not the time since it was announced.
        self.seconds: float | None = None


class Console:
    """Prints to a terminal or a log, of whatever encoding, and never a secret."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace", line_buffering=True)
        is_unicode = (sys.stdout.encoding or "ascii").lower().startswith("utf")
        self.done, self.failed = ("✓", "✗") if is_unicode else ("ok", "!!")

    def keep_secrets(self, variables: Mapping[str, str]) -> None:
        """Replaces the secrets among the variables in everything that is printed from now on."""
        for name, value in variables.items():
            if any(word in name for word in _SECRET_NAMES) and len(value) >= _SHORTEST_SECRET:
                self._secrets.add(value)

    def say(self, text: str) -> None:
        print(self._redact(text))

    def complain(self, text: str) -> None:
        print(self._redact(text), file=sys.stderr)

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Prints the step and its time once it is done, and its name as soon as it fails."""
        started = time.monotonic()
        step = Step()
        is_terminal = sys.stdout.isatty()
        if is_terminal:
            print(f"  {name} ...", end="\r", flush=True)
        try:
            yield step
        except Problem:
            self.say(f"{self.failed} {name:<10}")
            raise
        seconds = time.monotonic() - started if step.seconds is None else step.seconds
        self.say(f"{self.done} {name:<10} {seconds:5.1f} s  {step.detail}".rstrip())

    def _redact(self, text: str) -> str:
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return without_passwords(text)
