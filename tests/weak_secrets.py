"""Secrets that no server may start with in production, and some that look like them."""

PUBLISHED = "better-auth-secret-12345678901234567890"

WEAK_SECRETS = [
    "short",
    "abcdefghijk" * 3,
    "aB3-kL9_xY7.qW" * 2 + "aB3-k",
    PUBLISHED,
    f"{PUBLISHED}-of-mine!",
    f"my-{PUBLISHED.upper()}",
    "abcdefghijklmnopqrstuvwxyz123456",
    "Wd4-kR9_wD4-Kr9_WD4-kr9_wd4-KR9_tz7Q",
    "mysecretkey1-mysecretkey2-mysecretkey3",
    "change_me_to_32_random_characters!",
    "my-super-Secret-key-for-production-2024",
    "<generate with openssl rand -base64 32>",
]

#: Of `openssl rand -hex 16`.
STRONG_SECRETS = ["034b38025b09534bd823945400920454", "a973e2a8faf2a2a49b38bf7f7fab2a37"]
