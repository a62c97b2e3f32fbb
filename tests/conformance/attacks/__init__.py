"""Attacks. Like the flows, each module has functions that take a world."""
