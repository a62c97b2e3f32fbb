"""What must be refused, written down by hand from the documents of Prisma and better-auth.

Nothing here is read from the template: it is the other opinion.
"""

from __future__ import annotations

#: better-auth-server 1.1.0 has no such module in ``better_auth.plugins_ext``.
NOT_IN_PYTHON = {"open-api", "scim", "stripe", "test-utils"}

#: SQLAlchemy's drivers for SQL Server need an ODBC driver that no package brings along.
NO_PYTHON_ADAPTER = {"sqlserver"}

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


def accepts(stack: str, provider: str, plugins: list[str]) -> bool:
    """Whether a project of this stack, provider and plugins can work."""
    if provider in NOT_IN_PRISMA:
        return False
    if stack == "python" and (provider in NO_PYTHON_ADAPTER or NOT_IN_PYTHON & set(plugins)):
        return False
    if any(REQUIRES.get(plugin, set()) - set(plugins) for plugin in plugins):
        return False
    return not any((provider, plugin) in CANNOT_HOLD for plugin in plugins)
