"""The error that commands report to the developer."""


class Problem(Exception):
    """A problem that the developer can solve. The message has the reason and the remedy."""
