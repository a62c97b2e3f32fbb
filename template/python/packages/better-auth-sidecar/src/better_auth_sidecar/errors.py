"""What the package raises."""

from better_auth_sidecar.wrapping import wrapped


class AuthServerError(RuntimeError):
    """The auth server gave no valid response; the message has the reason."""


def refusal(message: str) -> SystemExit:
    """Ends the application's start with a message, whose long lines are broken."""
    return SystemExit(wrapped(message))
