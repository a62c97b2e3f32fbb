"""Adds to a project's Prisma schema what its better-auth configuration needs.

The counterpart of ``auth generate``. It only inserts lines: comments, alignment, ``@map`` and the
order of everything else stay unchanged.
"""
