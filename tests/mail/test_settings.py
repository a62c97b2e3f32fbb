"""Validation of SMTP_URL, MAIL_FROM and MAIL, in both stacks."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import better_auth_sidecar
import pytest
from better_auth_sidecar.mail_server import read_mail_from, read_smtp_url

from hooks import node
from hooks.servers import free_port
from tests.mail.projects import Project
from tests.project.workshop import Workshop
from tests.sampling import in_stack
from tests.template import REPOSITORY
from tests.waiting import TIMEOUT
from tests.wrapped import WIDTH, unwrapped

SECRET = "hunter2"
SMTP_URL, SENDER = f"smtps://ada:{SECRET}@smtp.example.com", "My App <hello@example.com>"
PRODUCTION = {"BETTER_AUTH_ENV": "production", "BETTER_AUTH_URL": "https://app.example.com"}

#: Settings with which a server refuses to start, and the reported problem.
REFUSED = {
    "no sender": ({"MAIL_FROM": ""}, "MAIL_FROM", "My App <hello@example.com>"),
    "no domain": ({"MAIL_FROM": "My App <hello@>"}, "MAIL_FROM", "not an address, such as My App"),
    "two senders": ({"MAIL_FROM": "a@b.example, c@d.example"}, "MAIL_FROM", "not an address, such"),
    "a scheme": ({"SMTP_URL": f"https://ada:{SECRET}@h"}, "SMTP_URL", "not of the form smtps://"),
    "no host": ({"SMTP_URL": "smtp://"}, "SMTP_URL", "not of the form smtps://user:password@"),
    "a port": ({"SMTP_URL": "smtp://h:port"}, "SMTP_URL", "not of the form smtps://user"),
    "a path": ({"SMTP_URL": f"{SMTP_URL}/inbox"}, "SMTP_URL", "must end with the port"),
    "a query": ({"SMTP_URL": f"{SMTP_URL}?tls=1"}, "SMTP_URL", "must end with the port"),
    "no password": ({"SMTP_URL": "smtps://ada@h"}, "SMTP_URL", "a user and a password, or neither"),
    "a word for log": ({"MAIL": "console"}, "MAIL", "log"),
}

#: Values that mean the same in both stacks: host, port, implicit TLS, user, password.
URLS = {
    "smtp://localhost": ["localhost", 587, False, "", ""],
    "smtp://127.0.0.1:1025/": ["127.0.0.1", 1025, False, "", ""],
    "smtps://smtp.example.com": ["smtp.example.com", 465, True, "", ""],
    "smtps://my%20app:p%40ss%2F%231@h.example:2465": ["h.example", 2465, True, "my app", "p@ss/#1"],
    "smtp://a:b@[::1]:25": ["::1", 25, False, "a", "b"],
}
SENDERS = {
    "hello@example.com": ["", "hello@example.com"],
    " My App <hello@example.com> ": ["My App", "hello@example.com"],
    '"App, Inc." <no-reply@mail.example.com>': ["App, Inc.", "no-reply@mail.example.com"],
    "Café <hello@localhost>": ["Café", "hello@localhost"],
}


def ask_typescript(expression: str, values: object) -> Any:
    """Evaluates an expression of the TypeScript ``settings`` module for each value."""
    module = REPOSITORY / "template/shared/outbox/settings.mjs"
    script = f"""
        import * as settings from {json.dumps(module.as_uri())}
        const values = JSON.parse(await new Response(process.stdin).text())
        console.log(JSON.stringify(values.map((value) => {expression})))
    """
    return json.loads(node.run(script, REPOSITORY, json.dumps(values)))


@pytest.mark.parametrize("case", REFUSED)
def test_python_reports_wrong_settings(monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    settings, name, words = REFUSED[case]
    given = {
        "DATABASE_URL": "postgresql://u:p@h/d",
        "BETTER_AUTH_SECRET": "a secret of its own",
        "SMTP_URL": SMTP_URL,
        "MAIL_FROM": SENDER,
        "MAIL": "",
        **settings,
    }
    for key, value in given.items():
        monkeypatch.setenv(key, value)
    with pytest.raises(SystemExit) as refused:
        better_auth_sidecar.Settings.load()
    message = unwrapped(str(refused.value))
    assert name in message and words in message and SECRET not in message


def test_typescript_reports_the_same() -> None:
    given = [
        {"SMTP_URL": SMTP_URL, "MAIL_FROM": SENDER, "MAIL": "", **settings}
        for settings, _, _ in REFUSED.values()
    ]
    answers = ask_typescript("settings.mailProblems(value)", given)
    for (_, name, words), problems in zip(REFUSED.values(), answers, strict=True):
        ((key, what),) = problems
        assert key == name and words in what and SECRET not in what
    (fine,) = ask_typescript("settings.mailProblems(value)", [{**given[0], "MAIL_FROM": SENDER}])
    assert fine == []


def test_both_stacks_read_the_same_server() -> None:
    servers = [read_smtp_url(url) for url in URLS]
    assert [[s.host, s.port, s.is_tls, s.user, s.password] for s in servers] == [*URLS.values()]
    read = ask_typescript("settings.readSmtpUrl(value)", [*URLS])
    assert [
        [s["host"], s["port"], s["secure"], *(s.get("auth") or {"user": "", "pass": ""}).values()]
        for s in read
    ] == [*URLS.values()]
    # Without TLS, a password is sent to loopback only.
    needs = ["smtp://a:b@h.example", "smtp://a:b@localhost", "smtp://h.example"]
    assert [read_smtp_url(url).start_tls for url in needs] == [True, None, None]
    strict = ask_typescript("settings.readSmtpUrl(value).requireTLS", needs)
    assert strict == [True, False, False]


def test_both_stacks_read_the_same_sender() -> None:
    senders = [read_mail_from(sender) for sender in SENDERS]
    assert [[s.display_name, s.addr_spec] for s in senders] == [*SENDERS.values()]
    read = ask_typescript("settings.readMailFrom(value)", [*SENDERS])
    assert [[s["name"], s["address"]] for s in read] == [*SENDERS.values()]


def test_a_unix_mailbox_in_mail_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Login shells set MAIL."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@h/d")
    monkeypatch.setenv("BETTER_AUTH_SECRET", "a secret of its own")
    monkeypatch.setenv("MAIL", "/var/mail/ada")
    assert better_auth_sidecar.Settings.load().mail == ""
    settings = {"SMTP_URL": "", "MAIL_FROM": "", "MAIL": "/var/mail/ada"}
    assert ask_typescript("settings.mailProblems(value)", [settings]) == [[]]


def _refusal(project: Project, **settings: str) -> str:
    """The output of a server that refuses to start."""
    port = free_port()
    done = subprocess.run(
        project.command(port),
        cwd=project.folder,
        env=project.environment(port, **{**PRODUCTION, **settings}),
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    assert done.returncode
    output = done.stdout + done.stderr
    assert "Traceback" not in output and "    at " not in output
    return output


@pytest.mark.e2e
def test_production_needs_an_smtp_server(project: Project) -> None:
    output = _refusal(project)
    assert "Set SMTP_URL and MAIL_FROM, or MAIL=log: production sends mails." in output
    with project.serving(**PRODUCTION, MAIL="log") as server:
        assert server.process.poll() is None


@pytest.mark.e2e
@in_stack("python")
def test_text_messages_need_a_provider_in_production(
    workshop: Workshop, tmp_path: Path, stack: str
) -> None:
    folder = tmp_path / stack
    workshop.render({"stack": stack, "plugins": ["phone-number"]}, folder, workshop.settings())
    settings = {"SMTP_URL": SMTP_URL, "MAIL_FROM": SENDER}
    output = _refusal(Project(stack, folder), **settings)
    (sentence,) = [
        line for line in output.splitlines() if line.startswith("Set MAIL=log or write ")
    ]
    assert sentence.endswith(": production sends text messages.") and len(sentence) <= WIDTH
