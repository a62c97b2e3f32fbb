"""The combinations that must be refused, written by hand from the documentation.

Nothing here is read from the template: it is the other opinion.
"""

from __future__ import annotations

#: The provider left Prisma with version 7.
NOT_IN_PRISMA = {"mongodb"}

REQUIRES = {"oauth-provider": {"jwt"}}

#: Prisma has no lists on these, or better-auth's adapter writes them as text; the tables of these
#: plugins hold lists, or reach one table over several cascades (SQL Server error 1785).
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
