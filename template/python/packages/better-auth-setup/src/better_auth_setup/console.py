"""What setup says: a line for each step, and sentences about problems."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

#: The password in anything that looks like a connection URL.
_URL_PASSWORD = re.compile(r"(://[^\s:/@]*:)[^\s/@]+(?=@)")
_SHORTEST_SECRET = 8


class Problem(Exception):
    """Why setup cannot go on, in a sentence for the developer: what is wrong and what to do."""


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
        encoding = sys.stdout.encoding or "ascii"
        try:
            "✓✗".encode(encoding)
            self.done, self.failed = "✓", "✗"
        except UnicodeEncodeError:
            self.done, self.failed = "ok", "!!"
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace", line_buffering=True)

    def keep_secret(self, value: str) -> None:
        """Replaces the value in everything that is printed from now on."""
        if len(value) >= _SHORTEST_SECRET:
            self._secrets.add(value)

    def redact(self, text: str) -> str:
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return _URL_PASSWORD.sub(r"\1***", text)

    def say(self, text: str) -> None:
        print(self.redact(text))

    def complain(self, text: str) -> None:
        print(self.redact(text), file=sys.stderr)

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Prints the step and its time once it is done, and its name as soon as it fails."""
        started = time.monotonic()
        step = Step()
        self._announce(name)
        try:
            yield step
        except Problem:
            self._withdraw(name)
            self.say(f"{self.failed} {name}")
            raise
        except BaseException:
            self._withdraw(name)
            raise
        self._withdraw(name)
        seconds = time.monotonic() - started if step.seconds is None else step.seconds
        self.say(f"{self.done} {name:<10} {seconds:5.1f} s  {step.detail}".rstrip())

    def _announce(self, name: str) -> None:
        if sys.stdout.isatty():
            print(f"  {name} ...", end="\r", flush=True)

    def _withdraw(self, name: str) -> None:
        if sys.stdout.isatty():
            print(" " * (len(name) + 6), end="\r", flush=True)


def last_words(output: str) -> str:
    """The line of a program's output that says what went wrong, without its decoration."""
    lines = [re.sub(r"\x1b\[[\d;]*m", "", line).strip() for line in output.splitlines()]
    lines = [line for line in lines if re.search(r"\w", line)]
    telling = [line for line in lines if re.match(r"(npm )?(error|fatal)\b", line, re.IGNORECASE)]
    line = (telling or lines[-1:] or ["it said nothing"])[0]
    return re.sub(r"^(npm )?error:?\s*", "", line, flags=re.IGNORECASE).rstrip(".")
