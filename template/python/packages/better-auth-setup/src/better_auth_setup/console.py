"""Console output of the commands: a line for each step, and sentences about problems."""

from __future__ import annotations

import os
import re
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from better_auth_setup.problem import Problem
from better_auth_setup.wrapping import wrapped

#: The password of a connection URL.
_URL_PASSWORD = re.compile(r"(://[^\s:/@]*:)[^\s/@]+(?=@)")
_SECRET_NAMES = ("SECRET", "PASSWORD", "TOKEN", "KEY")
_SHORTEST_SECRET = 8
#: Seconds after which a step may hang.
_LONG_SECONDS = 30
_GREEN, _RED = 32, 31


def without_passwords(text: str) -> str:
    """A text with the passwords of connection URLs masked."""
    return _URL_PASSWORD.sub(r"\1***", text)


class Step:
    """A step in progress."""

    def __init__(self) -> None:
        self.detail = ""
        #: Its duration in seconds, if it began before it was announced.
        self.seconds: float | None = None


class Console:
    """Prints to a terminal or a log, in any encoding, with secrets masked."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace", line_buffering=True)
        is_unicode = (sys.stdout.encoding or "ascii").lower().startswith("utf")
        self._is_terminal = sys.stdout.isatty() and not os.environ.get("CI")
        self._clear = "\x1b[K" if self._is_terminal else ""
        done, failed = ("✓", "✗") if is_unicode else ("ok", "!!")
        self.done, self.failed = self._coloured(_GREEN, done), self._coloured(_RED, failed)

    def keep_secrets(self, variables: Mapping[str, str]) -> None:
        """Masks the secrets among the variables in all further output."""
        for name, value in variables.items():
            if any(word in name for word in _SECRET_NAMES) and len(value) >= _SHORTEST_SECRET:
                self._secrets.add(value)

    def say(self, text: str) -> None:
        # On a terminal, it overwrites the elapsed seconds of the step in progress.
        print(self._clear + self._redact(text))

    def error(self, text: str) -> None:
        print(wrapped(self._redact(text)), file=sys.stderr)

    @contextmanager
    def step(self, name: str, by_hand: str = "") -> Iterator[Step]:
        """Prints the step with its duration when it is done, or its name as soon as it fails.

        On a terminal, it shows the elapsed seconds meanwhile.

        Args:
            name: the step's name.
            by_hand: the command to run by hand if the step hangs, to see what it waits for.
        """
        started = time.monotonic()
        step = Step()
        try:
            with self._counting(name, by_hand, started):
                yield step
        except Problem:
            self.say(f"{self.failed} {name}")
            raise
        seconds = time.monotonic() - started if step.seconds is None else step.seconds
        self.say(f"{self.done} {name:<10} {seconds:5.1f} s  {step.detail}".rstrip())

    @contextmanager
    def _counting(self, name: str, by_hand: str, started: float) -> Iterator[None]:
        """Shows the elapsed seconds on a terminal."""
        if not self._is_terminal:
            yield
            return
        is_over = threading.Event()

        def count() -> None:
            while not is_over.wait(1):
                seconds = int(time.monotonic() - started)
                is_long = by_hand and seconds >= _LONG_SECONDS
                advice = f"  to see why, press Ctrl+C and run: {by_hand}" if is_long else ""
                print(f"\r  {name:<10} {seconds:5} s{advice}\r", end="", flush=True)

        print(f"  {name} ...", end="\r", flush=True)
        clock = threading.Thread(target=count, daemon=True)
        clock.start()
        try:
            yield
        finally:
            is_over.set()
            clock.join()

    def _coloured(self, code: int, text: str) -> str:
        is_plain = not self._is_terminal or os.environ.get("NO_COLOR")
        return text if is_plain else f"\x1b[{code}m{text}\x1b[0m"

    def _redact(self, text: str) -> str:
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return without_passwords(text)
