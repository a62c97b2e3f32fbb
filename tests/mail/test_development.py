"""Mails in development, without an SMTP server."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from html import unescape

import httpx
import pytest

from tests.mail.projects import Project, Server
from tests.messages import logged_message
from tests.waiting import wait_for

pytestmark = pytest.mark.e2e

#: Names, and how mails greet them.
GREETINGS = {
    "": "Hello,",
    " ": "Hello,",
    "\u202emoc.live": "Hello moc. live,",
    "evil\u3002example": "Hello evil\u3002 example,",
    "Ada\x1b[2J\x07": "Hello Ada[2J,",
}


@pytest.fixture(scope="module")
def server(project: Project) -> Iterator[Server]:
    with project.serving() as server:
        yield server


def test_a_page_shows_each_mail_with_a_link_that_works(project: Project, server: Server) -> None:
    email = server.sign_up("Ada <script>")
    page = wait_for(partial(_page_with, server, email))
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert "<script>" not in page.text

    shown = page.text.partition(email)[2]
    href = unescape(shown.partition('href="')[2].partition('"')[0])
    assert httpx.get(href).status_code in (200, 302)
    row = project.rows('SELECT "emailVerified" FROM "user" WHERE email = $1', email)
    assert row == [{"emailVerified": True}]
    assert logged_message(server.log, email, "Verify your e-mail address") == href


def test_a_reset_that_names_no_page_leads_to_one(server: Server) -> None:
    email = server.sign_up("Ada")
    assert server.post("/request-password-reset", email=email).status_code == 200
    page = httpx.get(logged_message(server.log, email, "password")).headers["location"]
    assert page.startswith(f"{server.address}/auth/reset-password?token=")


def test_a_name_disguises_nothing(server: Server) -> None:
    greetings = {server.sign_up(name): greeting for name, greeting in GREETINGS.items()}
    for email, greeting in greetings.items():
        page = wait_for(partial(_page_with, server, email))
        assert page.text.partition(email)[2].partition("<pre>")[2].splitlines()[0] == greeting


def _page_with(server: Server, email: str) -> httpx.Response | None:
    page = httpx.get(f"{server.address}/dev/mail")
    return page if email in page.text else None


def test_the_page_refuses_other_hosts(server: Server) -> None:
    """DNS rebinding: another site's host name resolves to this machine."""
    port = server.address.rpartition(":")[2]
    headers = {"Host": f"evil.example:{port}"}
    assert httpx.get(f"{server.address}/dev/mail", headers=headers).status_code == 404
