"""The combinations that must be refused, written by hand from the documentation.

It reads nothing from the template, and so checks it independently.
"""

from __future__ import annotations

#: The provider left Prisma with version 7.
NOT_IN_PRISMA = {"mongodb"}

REQUIRES = {"oauth-provider": {"jwt"}}

#: The plugin's tables have lists, which Prisma lacks on the provider or better-auth's adapter
#: stores as text, or several cascade paths to one table (SQL Server error 1785).
CANNOT_HOLD = {
    ("sqlserver", "oauth-provider"),
    ("sqlserver", "scim"),
    ("cockroachdb", "oauth-provider"),
}


def accepts(provider: str, plugins: list[str]) -> bool:
    """Whether a project of this provider and these plugins can work, in either stack."""
    if provider in NOT_IN_PRISMA:
        return False
    if any(REQUIRES.get(plugin, set()) - set(plugins) for plugin in plugins):
        return False
    return not any((provider, plugin) in CANNOT_HOLD for plugin in plugins)
