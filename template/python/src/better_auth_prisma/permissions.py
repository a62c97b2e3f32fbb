"""What somebody may do: ``hasPermission`` of better-auth's access control, for the routes."""

from __future__ import annotations

from typing import TypeVar

from better_auth import BetterAuth, Where
from better_auth.plugins import Plugin
from better_auth.plugins_ext.admin import AdminPlugin
from better_auth.plugins_ext.organization import OrganizationPlugin, has_permission
from better_auth.types import AuthRequest, Ctx

#: Actions by resource: ``{"member": ["create"]}``. All of them are asked for.
Permissions = dict[str, list[str]]

PluginT = TypeVar("PluginT", bound=Plugin)


def has_role(auth: BetterAuth, role: str | None, wanted: tuple[str, ...]) -> bool:
    """Whether a user's ``role`` is, or is a list with, one of those that are wanted."""
    roles = role or _plugin(auth, AdminPlugin).default_role or "user"
    return not set(wanted).isdisjoint(roles.split(","))


def user_may(auth: BetterAuth, user_id: str, role: str | None, permissions: Permissions) -> bool:
    """Whether a user may do something: ``plugins/admin/has-permission.ts``."""
    plugin = _plugin(auth, AdminPlugin)
    allowed: bool = plugin.has_permission(user_id=user_id, role=role, permissions=permissions)
    return allowed


async def member_may(
    auth: BetterAuth, organization_id: str, user_id: str, permissions: Permissions
) -> bool:
    """Whether a user may do something in an organization, which is for its members to do.

    ``plugins/organization/has-permission.ts``; roles that the organization has defined count.
    """
    where = [Where("organizationId", organization_id), Where("userId", user_id)]
    member = await auth.adapter.find_one("member", where)
    if member is None:
        return False
    allowed: bool = await has_permission(
        role=member["role"],
        permissions=permissions,
        options=_plugin(auth, OrganizationPlugin),
        organization_id=organization_id,
        ctx=Ctx(auth=auth, request=AuthRequest("GET", "/organization/has-permission")),
    )
    return allowed


def _plugin(auth: BetterAuth, kind: type[PluginT]) -> PluginT:
    for plugin in auth.plugins:
        if isinstance(plugin, kind):
            return plugin
    raise LookupError(f"auth.py has no {kind.__name__}")
