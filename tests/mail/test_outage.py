"""An SMTP server that is down or refuses a mail: no mail is lost, and no request waits."""

from __future__ import annotations

import time

import pytest

from hooks.servers import free_port
from tests.mail.projects import Project
from tests.mail.server import mail_server
from tests.waiting import wait_for

pytestmark = pytest.mark.e2e

SENDER = "My App <hello@example.com>"


def test_accepted_mails_arrive_once_despite_kills(project: Project) -> None:
    port = free_port()
    settings = {"SMTP_URL": f"smtp://127.0.0.1:{port}", "MAIL_FROM": SENDER}
    with project.serving(**settings) as server:
        users = [server.sign_up() for _ in range(4)]
        wait_for(lambda: "Mails wait: " in server.text())
        for user in users:
            assert project.message(user)["sentAt"] is None
        # The log contains no working link.
        assert "token=" not in server.text()
        server.kill()
    with mail_server(port=port) as mails, project.serving(**settings) as server:
        users.append(server.sign_up())
        for user in users:
            mails.wait_for(user)
        wait_for(lambda: not project.rows('SELECT id FROM "outboxMessage" WHERE "dueAt" < now()'))
        assert [len(mails.mails(user)) for user in users] == [1] * len(users)


def test_a_refused_mail_stays_visible_without_its_link(project: Project) -> None:
    with mail_server() as mails:
        settings = {"SMTP_URL": f"smtp://127.0.0.1:{mails.port}", "MAIL_FROM": SENDER}
        mails.refusals["nobody@example.com"] = "550 5.1.1 No such mailbox"
        mails.refusals["later@example.com"] = "451 4.7.1 Greylisted, try again later"
        with project.serving(**settings) as server:
            for user in mails.refusals:
                body = {"name": "Ada", "email": user, "password": "correct horse"}
                assert server.post("/sign-up/email", **body).status_code == 200

            def refused() -> bool:
                row = project.message("nobody@example.com")
                return "No such mailbox" in (row["error"] or "") and row["dueAt"] is None

            wait_for(refused)
            row = project.message("nobody@example.com")
            assert (row["data"], row["sentAt"], row["kind"]) == (None, None, "verify-email")
            assert "Refused for good: verify-email to nobody@example.com" in server.text()

            wait_for(lambda: "Greylisted" in (project.message("later@example.com")["error"] or ""))
            del mails.refusals["later@example.com"]
            mails.wait_for("later@example.com")


def test_expired_mails_are_deleted_unsent(project: Project) -> None:
    dead = {"SMTP_URL": f"smtp://127.0.0.1:{free_port()}", "MAIL_FROM": SENDER}
    with project.serving(**dead) as server:
        user = server.sign_up()
        project.message(user)
    over = 'UPDATE "outboxMessage" SET "expiresAt" = "createdAt" WHERE recipient = $1'
    project.rows(over, user)
    with project.serving(**dead) as server:
        wait_for(lambda: project.message(user)["data"] is None)
        row = project.message(user)
        assert row["sentAt"] is None and row["error"]
        expired = f"Expired before it was sent: verify-email to {user}"
        wait_for(lambda: expired in server.text())


@pytest.mark.exhaustive
def test_several_processes_send_each_mail_once(project: Project) -> None:
    """Mails that a killed process had taken are sent later by the other one."""
    with mail_server() as mails:
        mails.delay = 10
        settings = {"SMTP_URL": f"smtp://127.0.0.1:{mails.port}", "MAIL_FROM": SENDER}
        with project.serving(**settings) as first, project.serving(**settings) as second:
            users = [server.sign_up() for _ in range(10) for server in (first, second)]
            for user in users:
                project.message(user)  # It is written after the response.
            taken = """SELECT id FROM "outboxMessage"
                WHERE recipient = ANY($1) AND attempts > 0 AND "sentAt" IS NULL"""
            wait_for(lambda: len(project.rows(taken, users)) == 2)  # one of each process
            second.kill()
            mails.delay = 0
            for user in users:
                mails.wait_for(user)
            time.sleep(2)
            counts = [len(mails.mails(user)) for user in users]
            assert set(counts) <= {1, 2} and counts.count(2) <= 1
