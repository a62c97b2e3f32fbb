"""Mails reach a real mail server, from both stacks."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest

from tests.mail.projects import Project, link
from tests.mail.server import CREDENTIALS, mail_server
from tests.waiting import wait_for

pytestmark = pytest.mark.e2e

SENDER = "My App <hello@example.com>"


@pytest.mark.parametrize(
    ("scheme", "tls", "wants_user"),
    [("smtp", "", False), ("smtps", "smtps", True), ("smtp", "starttls", True)],
    ids=["plain", "TLS and a user", "STARTTLS and a user"],
)
def test_a_password_is_reset_by_mail(
    project: Project, tmp_path: Path, scheme: str, tls: str, wants_user: bool
) -> None:
    with mail_server(tls=tls, wants_user=wants_user) as mails:
        certificate = tmp_path / "ca.pem"
        mails.authority.cert_pem.write_to_path(str(certificate))
        user = f"{CREDENTIALS}@" if wants_user else ""
        settings = {
            "SMTP_URL": f"{scheme}://{user}127.0.0.1:{mails.port}",
            "MAIL_FROM": SENDER,
            "SSL_CERT_FILE": str(certificate),
            "NODE_EXTRA_CA_CERTS": str(certificate),
        }
        with project.serving(**settings) as server:
            email = server.sign_up("Ada <b>Lovelace evil.example")
            assert "verify-email" in link(_text(mails.wait_for(email), "plain"))

            assert server.forget_password(email).status_code == 200
            mail = wait_for(
                lambda: next((m for m in mails.mails(email) if "password" in m["subject"]), None)
            )
            assert (mail["from"], mail["to"]) == (SENDER, email)
            assert mail["auto-submitted"] == "auto-generated"
            text, html = _text(mail, "plain"), _text(mail, "html")
            # The name contains a URL and tags, which mail programs would render.
            assert "Hello Ada <b>Lovelace evil. example," in text
            assert "<b>Lovelace" not in html
            assert link(text) in unescape(html)

            token = link(text).partition("/reset-password/")[2].partition("?")[0]
            chosen = server.post("/reset-password", token=token, newPassword="a new password")
            assert chosen.status_code == 200, chosen.text
            signed_in = server.post("/sign-in/email", email=email, password="a new password")
            assert signed_in.status_code == 200

            row = wait_for(lambda: row if (row := project.message(email))["sentAt"] else None)
            assert (row["kind"], row["data"], row["error"]) == ("reset-password", None, None)
            assert token not in server.text() and "p%40ss" not in server.text()


def _text(mail: object, kind: str) -> str:
    part = mail.get_body((kind,))  # type: ignore[attr-defined]
    return str(part.get_content())
