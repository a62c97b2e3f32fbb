"""Brings a project's Prisma schema in step with its better-auth configuration.

The Python sibling of ``auth generate``. It inserts lines and touches no other: comments, alignment,
``@map`` and the order of things stay as people made them.
"""
