"""The types that outbox, texts and transports share."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

#: The data of a message: ``url``, ``code``, ``name`` and the like.
Data = Mapping[str, str]
#: The keys of `Data` whose values are credentials.
SECRETS = ("url", "code")
#: The error of a message that was never tried.
EXPIRED = "It expired before it was sent."
_LONGEST_NAME = 60
#: Unicode's Cc and Bidi_Control.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
#: With all dots of domain names (UTS #46).
_LINKING = re.compile(r"([./:@\u3002\uff0e\uff61])(?=\S)")


class Mail(NamedTuple):
    """The content of a mail, without sender and recipient."""

    subject: str
    text: str
    html: str | None = None


#: Renders the data of a message as a mail, or as a text message.
MailText = Callable[[Data], Mail]
ShortText = Callable[[Data], str]
#: Sends a mail to an address, or a text message to a number. After a `RefusedError` the message is
#: given up, after an `UnreachableError` all messages wait, after other errors this one is retried.
MailTransport = Callable[[str, Mail], Awaitable[None]]
ShortTransport = Callable[[str, str], Awaitable[None]]


class RefusedError(Exception):
    """The transport rejects this message permanently, for example an unknown recipient."""


class UnreachableError(Exception):
    """The transport accepts no messages at the moment."""


class Row(BaseModel):
    """A message of the outbox."""

    model_config = ConfigDict(
        alias_generator=to_camel, from_attributes=True, frozen=True, hide_input_in_errors=True
    )

    id: str
    kind: str
    recipient: str
    #: JSON; None after it was wiped.
    data: str | None
    created_at: datetime
    expires_at: datetime
    attempts: int
    sent_at: datetime | None
    error: str | None

    def secrets(self) -> list[str]:
        """The values that must be kept out of logs and wiped after use."""
        found = json.loads(self.data or "{}")
        return [found[name] for name in SECRETS if found.get(name)]

    def values(self) -> dict[str, str]:
        """The data for a text.

        Names are untrusted: a spammer can sign up with a victim's address and an advertisement as
        the name. They are shortened, links in them are broken, and characters that control a
        terminal or the direction of text are removed.
        """
        found = json.loads(self.data or "{}")
        return {
            name: value if name in SECRETS else _without_links(value)
            for name, value in found.items()
        }


def _without_links(name: str) -> str:
    words = _CONTROLS.sub("", " ".join(name.split())).strip()
    apart = _LINKING.sub(r"\1 ", words)
    return apart if len(apart) <= _LONGEST_NAME else apart[:_LONGEST_NAME].rstrip() + "…"
