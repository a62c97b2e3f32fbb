"""What a message is, between the outbox and the transports."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

#: What a text is made of, such as ``url``, ``code`` and ``name``.
Data = Mapping[str, str]
#: The members of `Data` that let somebody in.
SECRETS = ("url", "code")
_LONGEST_NAME = 60


class Mail(NamedTuple):
    """A mail, but for its sender and its recipient."""

    subject: str
    text: str
    html: str | None = None


#: Makes a mail, or a text message, of what happened.
MailText = Callable[[Data], Mail]
ShortText = Callable[[Data], str]
#: Sends a mail, or a text message, to an address. What it raises decides what comes next:
#: `RefusedError` ends the message, `UnreachableError` lets all wait, anything else this one.
MailTransport = Callable[[str, Mail], Awaitable[None]]
ShortTransport = Callable[[str, str], Awaitable[None]]


class RefusedError(Exception):
    """This message will never be taken: there is no such recipient, for example."""


class UnreachableError(Exception):
    """No message can be sent at the moment."""


@dataclass(frozen=True)
class Row:
    """A message of the outbox."""

    id: str
    kind: str
    recipient: str
    #: JSON; None once it is wiped.
    data: str | None
    created_at: datetime
    expires_at: datetime
    attempts: int
    sent_at: datetime | None = None
    error: str | None = None

    def secrets(self) -> list[str]:
        """What must not be in a log, nor stay in the database."""
        found = json.loads(self.data or "{}")
        return [found[name] for name in SECRETS if found.get(name)]

    def values(self) -> dict[str, str]:
        """The data for a text.

        Names are chosen by strangers, who may have signed up with an address of somebody else:
        they are cut, and have no link that a mail program would find.
        """
        found = json.loads(self.data or "{}")
        return {
            name: value if name in SECRETS else _without_links(value)
            for name, value in found.items()
        }


def _without_links(name: str) -> str:
    words = " ".join(name.split())
    apart = re.sub(r"([./:@])(?=\S)", r"\1 ", words)
    return apart if len(apart) <= _LONGEST_NAME else apart[:_LONGEST_NAME].rstrip() + "…"
