"""People who come back from another server, with whose account they sign in."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

from better_auth.plugins_ext import OAuthProxyPlugin
from better_auth.types import AuthResponse, Ctx


async def answer_form_with_redirect(ctx: Ctx) -> AuthResponse:
    """``api/routes/callback.ts``: what a page of the provider posts, the browser brings by a GET.

    A browser does not send the cookie of the sign-in along with another site's POST.
    """
    query = urlencode({**ctx.body(), **ctx.request.query})
    callback = f"{ctx.auth.base_url}{ctx.auth.base_path}{ctx.request.path}"
    return AuthResponse(redirect_to=f"{callback}?{query}")


async def come_back_to_production(ctx: Ctx) -> None:
    """``plugins/oauth-proxy/index.ts``: a preview has people sent back to production.

    better-auth-server names the preview, whose address the provider does not know.
    """
    proxy = next((each for each in ctx.auth.plugins if isinstance(each, OAuthProxyPlugin)), None)
    answer = ctx.response
    if proxy is None or not proxy.production_url or not isinstance(answer, AuthResponse):
        return
    url = answer.body.get("url") if isinstance(answer.body, dict) else None
    if not url or proxy._check_skip_proxy(ctx):
        return
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    here, back = f"{ctx.auth.base_url}/", query.get("redirect_uri", "")
    if back.startswith(here):
        production = proxy.production_url.rstrip("/")
        query["redirect_uri"] = f"{production}/{back.removeprefix(here)}"
        answer.body["url"] = parts._replace(query=urlencode(query)).geturl()
