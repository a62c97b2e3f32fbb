"""What goes wrong in a way that the developer can mend."""


class Problem(Exception):
    """Why something cannot be done, in a sentence for the developer: what is wrong, what to do."""
