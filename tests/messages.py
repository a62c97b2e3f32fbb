"""Messages to users, as servers log them in development."""

from __future__ import annotations

import re
from pathlib import Path

from tests.waiting import wait_for


def logged_message(log: Path, to: str, subject: str) -> str:
    """Waits for a message, which servers send after the response and in any order.

    Args:
        log: the server's log.
        to: the recipient.
        subject: words of the subject, which tell it from other messages to the recipient.

    Returns:
        The link or code of the message.
    """
    line = rf"\bTo {re.escape(to)}: [^:]*{re.escape(subject)}[^:]*: (.*)\n"
    nothing = f"no message about {subject!r} to {to}"
    found: list[str] = wait_for(lambda: re.findall(line, log.read_text()), nothing)
    assert len(found) == 1, f"{len(found)} messages about {subject!r} to {to}"
    return found[0]
