"""Secrets that no server may start with in production."""

PUBLISHED = "better-auth-secret-12345678901234567890"

WEAK_SECRETS = [
    "short",
    "abcdefghijk" * 3,
    "aB3-kL9_xY7.qW" * 2 + "aB3-k",
    PUBLISHED,
    f"{PUBLISHED}-of-mine!",
    f"my-{PUBLISHED.upper()}",
    "abcdefghijklmnopqrstuvwxyz123456",
]
