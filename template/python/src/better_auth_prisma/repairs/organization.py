"""The organization plugin: what it lacks, and what it asks of nobody."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from better_auth import BetterAuth, Where
from better_auth.plugins_ext import OrganizationPlugin
from better_auth.plugins_ext.organization import ERROR_CODES
from better_auth.session import utcnow
from better_auth.types import APIError, AuthResponse, Ctx

from better_auth_prisma.repairs.members import check_field

#: ``plugins/organization/routes``: routes that better-auth has for those who are signed in.
SIGNED_IN_ROUTES = {"/organization/check-slug"}


def organization_of(auth: BetterAuth) -> OrganizationPlugin | None:
    """The organization plugin, if ``auth`` has it."""
    return next((each for each in auth.plugins if isinstance(each, OrganizationPlugin)), None)


def touch_new_rows(auth: BetterAuth) -> None:
    """Prisma fills an ``@updatedAt`` column as soon as there is a row."""
    for model in ("team", "organizationRole"):
        fields = auth.schema.get(model)
        if fields is not None:
            updated = fields["updatedAt"]
            fields["updatedAt"] = replace(updated, default_factory=utcnow, on_update=utcnow)


async def ask_for_permissions(ctx: Ctx) -> None:
    """``plugins/organization/organization.ts``: whoever asks says for what.

    Raises:
        APIError: 400.
    """
    if not ctx.body().keys() & {"permission", "permissions"}:
        raise APIError(400, "VALIDATION_ERROR", "[body.permissions] Invalid input")


async def check_filter(ctx: Ctx) -> None:
    """Members are found by the text of a column that they have.

    Raises:
        APIError: 400. better-auth itself breaks over it.
    """
    query, fields = ctx.request.query, ctx.auth.schema["member"]
    check_field(query, "sortBy", fields)
    texts = [name for name, field in fields.items() if field.type == "string"]
    check_field(query, "filterField", texts)
    if query.get("filterOperator") in ("in", "not_in"):
        message = "[query.filterValue] Invalid input: expected array, received string"
        raise APIError(400, "VALIDATION_ERROR", message)


async def get_active_member_role(ctx: Ctx) -> AuthResponse:
    """``plugins/organization/routes/crud-members.ts``: the role of oneself, or of another member.

    Raises:
        APIError: there is no such organization, or somebody is no member of it.
    """
    session = await ctx.require_session()
    query = ctx.request.query
    organization = query.get("organizationId") or session["session"].get("activeOrganizationId")
    if slug := query.get("organizationSlug"):
        found = await ctx.adapter.find_one("organization", [Where("slug", slug)])
        if found is None:
            raise _refusal(400, "ORGANIZATION_NOT_FOUND")
        organization = found["id"]
    if not organization:
        raise _refusal(400, "NO_ACTIVE_ORGANIZATION")
    role = await _role(ctx, session["user"]["id"], organization)
    if user := query.get("userId"):
        role = await _role(ctx, user, organization)
    return AuthResponse(body={"role": role})


async def _role(ctx: Ctx, user: str, organization: str) -> Any:
    where = [Where("userId", user), Where("organizationId", organization)]
    member = await ctx.adapter.find_one("member", where)
    if member is None:
        raise _refusal(403, "YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION")
    return member["role"]


def _refusal(status: int, code: str) -> APIError:
    return APIError(status, code, ERROR_CODES[code])
