"""The list of API keys in an order, and its pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from better_auth.types import AuthResponse, Ctx

from better_auth_prisma.repairs.members import check_field

_PAGE = ("limit", "offset")


async def take_page_away(ctx: Ctx) -> None:
    """``@better-auth/api-key``: a page is cut from the list in its order.

    better-auth-server knows no order: it is given the whole list to find, until it has answered.
    """
    query = ctx.request.query
    check_field(query, "sortBy", ctx.auth.schema["apikey"])
    if query.get("sortBy"):
        ctx.params |= {name: query.pop(name) for name in _PAGE if name in query}


async def sort_and_cut(ctx: Ctx) -> None:
    """Does what ``take_page_away`` put off."""
    query, response = ctx.request.query, ctx.response
    if not query.get("sortBy") or not isinstance(response, AuthResponse):
        return
    body = response.body
    descending = query.get("sortDirection") == "desc"
    body["apiKeys"].sort(key=lambda row: _rank(row.get(query["sortBy"])), reverse=descending)
    page = {name: int(ctx.params[name]) if name in ctx.params else None for name in _PAGE}
    start = page["offset"] or 0
    end = None if page["limit"] is None else start + page["limit"]
    body |= {"apiKeys": body["apiKeys"][start:end], **page}


def _rank(value: Any) -> tuple[bool, Any]:
    """What is not there comes last, as on PostgreSQL."""
    return (value is None, value if isinstance(value, str | int | datetime) else str(value))
