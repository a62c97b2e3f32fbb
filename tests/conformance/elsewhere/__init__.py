"""What people do who have an account at another server, the company.

Each module has functions that take a world and the company.
"""
