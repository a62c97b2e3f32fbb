"""The error that commands report to the developer."""


class Problem(Exception):
    """A problem that the developer can solve. The message says what is wrong and what to do."""
