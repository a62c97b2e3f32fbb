"""Attacks. Each module has functions that take a world, like the flows."""
