"""Flows of users with an account at another identity provider.

Each module has functions that take a world and the company.
"""
