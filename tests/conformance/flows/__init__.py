"""User flows, by the part of better-auth that they use.

Each module has functions that take a world. The name of one is what its user does.
"""
