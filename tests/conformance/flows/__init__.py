"""What people do, by the part of better-auth that they do it with.

Each module has functions that take a world. The name of one is what its user does.
"""
