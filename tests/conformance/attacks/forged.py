"""Forged origins, addresses and redirect targets."""

from __future__ import annotations

from itertools import cycle, islice
from urllib.parse import urljoin, urlsplit

import pytest

from tests.conformance.world import World

#: Origins that are not the application's.
_ELSEWHERE = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:/evil.example",
    "https:evil.example",
    "http://127.0.0.1@evil.example",
    "{origin}@evil.example",
    "{origin}.evil.example",
    "/%2fevil.example",
    "/%5cevil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/..//evil.example",
    "/.//evil.example",
    "evil.example",
    "HTTPS://EVIL.EXAMPLE",
]

_ORIGINS = [
    "https://evil.example",
    "null",
    "",
    "{origin}.evil.example",
    "{origin}@evil.example",
    "{origin}:80",
    "https://127.0.0.1",
    "http://localhost.evil.example",
    "file://",
]


def redirects_to_another_origin(world: World) -> None:
    """Each of the targets at two of the routes, and each route with several of the targets."""
    _redirects(world, 2)


@pytest.mark.exhaustive
def redirects_to_another_origin_from_each_route(world: World) -> None:
    _redirects(world, 7)


def _redirects(world: World, routes: int) -> None:
    ada = world.signed_up()
    body = {"email": ada.email, "password": ada.password}
    sent = cycle(
        [
            ("POST", "/sign-in/email", "callbackURL", body),
            ("POST", "/request-password-reset", "redirectTo", {"email": ada.email}),
            ("POST", "/send-verification-email", "callbackURL", {"email": ada.email}),
            ("POST", "/sign-in/magic-link", "callbackURL", {"email": ada.email}),
            ("POST", "/sign-in/magic-link", "errorCallbackURL", {"email": ada.email}),
            ("POST", "/sign-in/social", "callbackURL", {"provider": "google"}),
            ("GET", "/verify-email", "callbackURL", {"token": "x"}),
        ]
    )
    for url in _ELSEWHERE:
        name = url.replace("{origin}", "")
        url = url.replace("{origin}", world.server.address)
        for method, path, member, others in islice(sent, routes):
            values = {**others, member: url}
            answer = ada.request(
                method,
                path,
                name=f"{method} {path} {member} {name}",
                **{"params" if method == "GET" else "json": values},
            )
            # Browsers take a backslash for a slash.
            location = answer.headers.get("location", "").replace("\\", "/")
            target = urlsplit(urljoin(str(answer.url), location))
            assert target.hostname == answer.url.host, location


def writes_from_another_origin(world: World) -> None:
    ada = world.signed_up()
    for origin in _ORIGINS:
        origin = origin.replace("{origin}", world.server.address)
        for headers in [
            {"Origin": origin},
            {"Origin": origin, "Referer": world.server.address},
            {"Origin": None, "Referer": f"{origin}/page"},
        ]:
            name = f"POST {str(headers).replace(world.server.address, '')}"
            ada.request("POST", "/update-user", name=name, headers=headers, json={"name": "Eve"})
    ada.session()


def writes_from_no_origin(world: World) -> None:
    ada = world.signed_up()
    ada.request("POST", "/update-user", headers={"Origin": None}, json={"name": "Eve"})
    ada.request(
        "POST",
        "/update-user",
        headers={"Origin": None, "Content-Type": "application/x-www-form-urlencoded"},
        content="name=Eve",
    )
    ada.request(
        "POST",
        "/update-user",
        headers={"Origin": None, "Content-Type": "text/plain"},
        content='{"name": "Eve"}',
    )
    ada.session()


def names_another_host(world: World) -> None:
    ada = world.signed_up()
    for headers in [
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Proto": "https"},
        {"Forwarded": "host=evil.example"},
        {"X-Original-URL": "/api/auth/admin/list-users"},
        {"X-HTTP-Method-Override": "DELETE"},
    ]:
        ada.request(
            "POST",
            "/request-password-reset",
            name=f"POST {headers}",
            headers=headers,
            json={"email": ada.email, "redirectTo": "/"},
        )
        assert "evil" not in ada.message("reset-password")


def forges_an_address(world: World) -> None:
    """The proxy's entry counts, and what the caller put before it does not."""
    ada = world.browser()
    for value in ["1.2.3.4", "1.2.3.4, 5.6.7.8", "nonsense", "", "::1", "1.2.3.4:80", "[::1]:80"]:
        ada.request(
            "POST",
            "/sign-in/email",
            name=f"POST from {value}",
            headers={
                "X-Forwarded-For": value,
                "X-Real-IP": "9.9.9.9",
                "CF-Connecting-IP": "8.8.8.8",
            },
            json={"email": ada.email, "password": "wrong password"},
        )


def reads_and_changes_resources_of_others(world: World) -> None:
    ada = world.signed_up()
    organization = ada.post("/organization/create", name="Ada", slug=f"ada{world.tag}").json()
    key = ada.post("/api-key/create", name="mine").json()
    eve = world.signed_up("eve")
    theirs = {"organizationId": organization["id"]}
    eve.get("/organization/get-full-organization", **theirs)
    eve.get("/organization/list-members", **theirs)
    eve.get("/organization/list-invitations", **theirs)
    eve.post("/organization/set-active", **theirs)
    eve.post("/organization/update", data={"name": "Eve"}, **theirs)
    eve.post("/organization/invite-member", email=eve.email, role="owner", **theirs)
    eve.post("/organization/remove-member", memberIdOrEmail=ada.email, **theirs)
    eve.post("/organization/delete", **theirs)
    eve.post("/organization/leave", **theirs)
    eve.post("/organization/create-team", name="Eve", **theirs)
    eve.get("/api-key/get", id=key["id"])
    eve.post("/api-key/update", keyId=key["id"], name="Eve")
    eve.post("/api-key/delete", keyId=key["id"])
    eve.post("/update-user", userId=ada.user_id, name="Eve")
    eve.post("/change-password", userId=ada.user_id, currentPassword="x" * 8, newPassword="y" * 8)
    eve.post("/delete-user", userId=ada.user_id, password="wrong password")
    eve.post("/unlink-account", userId=ada.user_id, providerId="credential")
    ada.session()
