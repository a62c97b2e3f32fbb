"""What the package raises."""


class AuthServerError(RuntimeError):
    """The auth server did not answer, or not as it should; the message says what happened."""
