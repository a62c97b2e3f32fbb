"""Have I Been Pwned's passwords."""

from __future__ import annotations

import secrets
from hashlib import sha1

from tests.conformance.internet import Answer, Request

LEAKED = "correct horse battery staple"


def _hash(password: str) -> str:
    return sha1(password.encode()).hexdigest().upper()


class PwnedPasswords:
    """Lists the leaked passwords whose SHA-1 begins with five characters, with counts.

    See https://haveibeenpwned.com/API/v3#PwnedPasswords.
    """

    host = "api.pwnedpasswords.com"

    def __init__(self) -> None:
        self._counts = {_hash(LEAKED): 384}

    def pads_with(self, password: str) -> None:
        """Adds the hash of a password to the padding."""
        self._counts[_hash(password)] = 0

    def suffix(self, password: str) -> str:
        """The part of a password's hash that the service lists."""
        return _hash(password)[5:]

    def answer(self, request: Request) -> Answer:
        prefix = request.path.removeprefix("/range/")
        if "user-agent" not in request.headers:
            return Answer("", 403, "text/plain")
        if len(prefix) != 5 or request.method != "GET":
            return Answer("The hash prefix was not in a valid format", 400, "text/plain")
        lines = [
            f"{full.removeprefix(prefix)}:{count}"
            for full, count in self._counts.items()
            if full.startswith(prefix)
        ]
        lines += [f"{secrets.token_hex(18)[:35].upper()}:{count}" for count in range(1, 400)]
        if request.headers.get("add-padding") == "true":
            lines += [f"{secrets.token_hex(18)[:35].upper()}:0" for _ in range(400)]
        return Answer("\r\n".join(sorted(lines)), type="text/plain")
