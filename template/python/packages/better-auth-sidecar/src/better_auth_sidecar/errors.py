"""What the package raises."""


class AuthServerError(RuntimeError):
    """The auth server gave no valid response; the message has the reason."""
