"""What the package raises."""

from better_auth_sidecar.wrapping import wrapped


class AuthServerError(RuntimeError):
    """The auth server gave no valid response; the message has the reason."""


def refusal(message: str) -> SystemExit:
    """The exception that ends the application's start; long lines of its message are wrapped."""
    return SystemExit(wrapped(message))
