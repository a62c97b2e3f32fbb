"""What better-auth does and better-auth-server does not, as a plugin that does it too.

Each repair names the file of better-auth 1.7.7 whose rule it follows. The conformance tests of the
template run the same requests against both servers.
"""

from __future__ import annotations

from better_auth import BetterAuth
from better_auth.plugins import HookSet, Plugin, PluginHook, Route
from better_auth.types import AuthResponse, Ctx

from better_auth_prisma.repairs.api_keys import sort_and_cut, take_page_away
from better_auth_prisma.repairs.members import check_members
from better_auth_prisma.repairs.oauth import answer_form_with_redirect, come_back_to_production
from better_auth_prisma.repairs.organization import (
    SIGNED_IN_ROUTES,
    ask_for_permissions,
    check_filter,
    get_active_member_role,
    organization_of,
    touch_new_rows,
)
from better_auth_prisma.repairs.passkeys import take_any_answer
from better_auth_prisma.repairs.services import ask_services
from better_auth_prisma.repairs.sessions import (
    ask_for_fresh_session,
    ask_for_session,
    put_bearer_before_cookie,
    tell_strangers_nothing,
)

#: Routes that better-auth has for server-side calls alone (``set-password``), or no longer has.
UNSERVED = {"/set-password", "/forget-password"}

#: Members of a query that better-auth reads with ``Number``, and leaves out when they are none.
_NUMBERS = ("limit", "offset", "membersLimit")


class Repairs(Plugin):
    """Runs before the routes that need it."""

    id = "better-auth-prisma-repairs"

    def __init__(self, auth: BetterAuth) -> None:
        self._has_organizations = organization_of(auth) is not None

    async def on_request(self, ctx: Ctx) -> AuthResponse | None:
        """Refuses what the route does not take."""
        request = ctx.request
        members = request.query if request.method == "GET" else ctx.body()
        check_members(request.method, request.path, members)
        for name in _NUMBERS:
            if not request.query.get(name, "0").isdecimal():
                del request.query[name]
        return None

    def routes(self) -> list[Route]:
        if not self._has_organizations:
            return []
        return [("GET", "/organization/get-active-member-role", get_active_member_role)]

    def hooks(self) -> HookSet:
        return HookSet(
            before=[
                PluginHook(lambda ctx: True, put_bearer_before_cookie),
                PluginHook(lambda ctx: ctx.request.path == "/api-key/list", take_page_away),
                PluginHook(
                    lambda ctx: ctx.request.path == "/organization/has-permission",
                    ask_for_permissions,
                ),
                PluginHook(
                    lambda ctx: ctx.request.path == "/organization/list-members", check_filter
                ),
                PluginHook(lambda ctx: ctx.request.path in SIGNED_IN_ROUTES, ask_for_session),
                PluginHook(lambda ctx: ctx.request.path == "/list-sessions", ask_for_fresh_session),
                PluginHook(
                    lambda ctx: ctx.request.path == "/passkey/verify-authentication",
                    take_any_answer,
                ),
                PluginHook(_is_posted_callback, answer_form_with_redirect),
                PluginHook(
                    lambda ctx: ctx.request.path == "/send-verification-email",
                    tell_strangers_nothing,
                ),
            ],
            after=[
                PluginHook(lambda ctx: ctx.request.path == "/api-key/list", sort_and_cut),
                PluginHook(
                    lambda ctx: ctx.request.path in ("/sign-in/social", "/link-social"),
                    come_back_to_production,
                ),
            ],
        )


def _is_posted_callback(ctx: Ctx) -> bool:
    return ctx.request.method == "POST" and ctx.request.path.startswith("/callback/")


def repair(auth: BetterAuth) -> None:
    """Adds the repairs to ``auth``, once."""
    if any(isinstance(plugin, Repairs) for plugin in auth.plugins):
        return
    auth.disabled_paths |= UNSERVED
    touch_new_rows(auth)
    ask_services(auth)
    repairs = Repairs(auth)
    auth.plugins.insert(0, repairs)
    for method, path, handler in repairs.routes():
        auth._routes.append((method, tuple(path.strip("/").split("/")), handler))
