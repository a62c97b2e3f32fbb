"""Mails and text messages by a transactional outbox: ``auth.ts`` inserts, `Sender` sends.

A row of the table ``outboxMessage`` holds the event and its data; a function of the project renders
it as a `Mail`, and a transport sends that. Requests do not wait for the mail server, and no message
is lost: each is retried until its link or code expires.
"""

from better_auth_sidecar.outbox.messages import Data, Mail, RefusedError, UnreachableError
from better_auth_sidecar.outbox.sender import Sender

__all__ = ["Data", "Mail", "RefusedError", "Sender", "UnreachableError"]
