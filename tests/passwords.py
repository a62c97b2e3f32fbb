"""Password hashing that costs nothing, for tests about other things."""

from __future__ import annotations

from pathlib import Path

#: With this variable, a server whose ``auth.ts`` was edited by `make_cheap` hashes cheaply.
VARIABLE = "CHEAP_PASSWORDS"

_PLACE = "    sendResetPassword: messages.sendResetPassword,\n"
#: See https://www.better-auth.com/docs/authentication/email-password#configuration.
_OPTION = f"""\
    password: process.env.{VARIABLE}
      ? {{
          hash: async (password) => {{
            const salt = crypto.randomUUID();
            return `${{salt}}:${{cheapHash(salt + password)}}`;
          }},
          verify: async ({{ hash, password }}) => {{
            const [salt] = hash.split(":");
            return hash === `${{salt}}:${{cheapHash(salt + password)}}`;
          }},
        }}
      : undefined,
"""
_FUNCTION = """
function cheapHash(text: string): string {
  return process.getBuiltinModule("node:crypto").hash("sha512", text);
}
"""


def make_cheap(auth: Path) -> None:
    """Edits an ``auth.ts``: servers with `VARIABLE` hash passwords without scrypt's 80 ms."""
    text = auth.read_text()
    assert text.count(_PLACE) == 1, f"{auth} does not say once {_PLACE}"
    auth.write_text(text.replace(_PLACE, _PLACE + _OPTION) + _FUNCTION)
