"""The outbox on databases without NOTIFY, and through the auth server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.mail.projects import Project, link, without_limits
from tests.mail.server import mail_server
from tests.project.workshop import Workshop
from tests.sampling import in_stack
from tests.waiting import wait_for

pytestmark = pytest.mark.e2e

SENDER = "My App <hello@example.com>"


def sqlite_project(workshop: Workshop, folder: Path, stack: str) -> Project:
    settings = {**workshop.settings(), "DATABASE_URL": "file:./dev.db"}
    workshop.render({"stack": stack, "provider": "sqlite"}, folder, settings)
    workshop.push(folder)
    project = Project(stack, folder)
    without_limits(project)
    return project


def send_to_many(project: Project) -> None:
    """Signs up users concurrently while mails are sent: each gets a response and one mail."""
    with mail_server() as mails:
        settings = {"SMTP_URL": f"smtp://127.0.0.1:{mails.port}", "MAIL_FROM": SENDER}
        with project.serving(**settings) as server, ThreadPoolExecutor(8) as browsers:
            users = list(browsers.map(lambda _: server.sign_up(), range(16)))
            for user in users:
                assert "verify-email" in link(mails.wait_for(user).as_string().replace("=\n", ""))
            assert server.forget_password(users[0]).status_code == 200
            wait_for(lambda: len(mails.mails(users[0])) == 2)
            assert [len(mails.mails(user)) for user in users[1:]] == [1] * 15


@in_stack("python")
def test_an_outbox_in_sqlite(workshop: Workshop, tmp_path: Path, stack: str) -> None:
    send_to_many(sqlite_project(workshop, tmp_path / stack, stack))


def test_an_outbox_reached_through_the_auth_server(workshop: Workshop, tmp_path: Path) -> None:
    """As on SQL Server, for which there is no Python driver; with the store of TypeScript."""
    project = sqlite_project(workshop, tmp_path / "python", "python")
    edits = {
        "auth/app.ts": (
            'import { internalRoutes } from "../packages/better-auth-sidecar/node/internal.mjs";',
            'import { outboxRoutes } from "../packages/better-auth-outbox/store.mjs";',
            "internalRoutes(auth, secret, env.isProduction)",
            "internalRoutes(auth, secret, env.isProduction, outboxRoutes(prisma))",
        ),
        "src/my_app/mail.py": (
            "from my_app.database import engine\n",
            "from my_app.auth_server import auth_server\n",
            "    engine,\n",
            "    auth_server,\n",
        ),
    }
    for name, (imported, more, old, new) in edits.items():
        file = project.folder / name
        text = file.read_text()
        assert imported in text and old in text
        file.write_text(text.replace(imported, f"{imported}\n{more}").replace(old, new))
    send_to_many(project)
