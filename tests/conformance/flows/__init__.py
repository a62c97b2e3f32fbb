"""User flows, by the part of better-auth that they use.

Each module has functions that take a world, named after what the user does.
"""
