"""Messages to users, as servers log them in development."""

from __future__ import annotations

import re
from pathlib import Path

from tests.waiting import wait_for


def latest_message(log: Path, to: str, about: str = "") -> str:
    """Waits for a message to a recipient, whose subject has these words.

    Returns:
        The link or code of the latest one.
    """
    line = rf"\bTo {re.escape(to)}: [^:]*{about}[^:]*: (.*)$"
    found = wait_for(lambda: re.findall(line, log.read_text(), re.M), f"nothing was sent to {to}")
    return str(found[-1])
