"""The messages of an application: what ``auth.ts`` leaves in the outbox, `Sender` sends.

A row of the table ``outboxMessage`` holds what happened; a function of the project makes a `Mail`
of it, and a transport sends that. A mail server that is away keeps nobody waiting, and no message
is lost: each is tried until its link or code is of no more use.
"""

from better_auth_sidecar.outbox.messages import Data, Mail, RefusedError, UnreachableError
from better_auth_sidecar.outbox.sender import Sender

__all__ = ["Data", "Mail", "RefusedError", "Sender", "UnreachableError"]
