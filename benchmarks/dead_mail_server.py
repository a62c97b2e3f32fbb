"""Response times of requests that send mails, by the state of the mail server, in both stacks.

Usage: python -m benchmarks.dead_mail_server [REQUESTS]

The requests are sign-ups, and password resets of users and of unknown addresses in turn, whose
times must not differ: they would reveal who has an account. The mail server works, refuses
connections, or accepts them and never responds. At the end it works again, and each mail has to
arrive.
"""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from better_auth_setup import embedded_postgres

from benchmarks.timing import table
from hooks.servers import free_port
from tests.answers import STACKS
from tests.mail.projects import Project, Server, without_limits
from tests.mail.server import mail_server
from tests.project.typescript_sources import install_packages
from tests.project.workshop import Workshop
from tests.waiting import wait_for


def timed(ask: Callable[[], object]) -> float:
    """The duration of a request in milliseconds."""
    started = time.perf_counter()
    ask()
    return (time.perf_counter() - started) * 1000


@contextmanager
def silent_server() -> Iterator[int]:
    """Accepts connections and never responds; yields its port."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
        port: int = server.getsockname()[1]
        yield port


#: Requests of a password reset; the prefix makes the address of a user an unknown one.
RESETS = {"forgotten password": "", "forgotten password, unknown address": "x"}


def measure(server: Server, requests: int) -> tuple[dict[str, list[float]], list[str]]:
    """Measures the response times by request, and returns the users who signed up."""
    users: list[str] = []
    times = {
        "sign-up": [timed(lambda: users.append(server.sign_up())) for _ in range(requests)],
        **{what: [] for what in RESETS},
    }
    for user in users:
        for what, prefix in RESETS.items():
            times[what].append(timed(partial(reset, server, f"{prefix}{user}")))
    return times, users


def reset(server: Server, user: str) -> None:
    server.forget_password(user).raise_for_status()


def main(requests: int) -> None:
    rows: dict[str, list[float]] = {}
    with TemporaryDirectory() as name:
        folder = Path(name)
        workshop = Workshop(install_packages(), embedded_postgres.create(folder, "workshop"))
        try:
            for stack in STACKS:
                project = Project(stack, folder / stack)
                workshop.render({"stack": stack}, project.folder, workshop.settings())
                workshop.push(project.folder)
                without_limits(project)
                rows |= of_stack(project, requests)
        finally:
            embedded_postgres.stop(folder)
    print(table(rows, "ms"))


def of_stack(project: Project, requests: int) -> dict[str, list[float]]:
    rows = {}
    expected: list[str] = []
    with silent_server() as silent:
        dead = free_port()
        for name, port in (("live", None), ("dead", dead), ("silent", silent)):
            with mail_server() as live:
                url = f"smtp://127.0.0.1:{port or live.port}"
                settings = {"SMTP_URL": url, "MAIL_FROM": "hello@example.com"}
                with project.serving(**settings) as server:
                    server.sign_up()
                    times, users = measure(server, requests)
                    if port is None:
                        started = time.perf_counter()
                        live.wait_for(server.sign_up())
                        arrival = (time.perf_counter() - started) * 1000
                        rows[f"{project.stack}: sign-up until its mail is there"] = [arrival]
                    else:
                        expected += users
                    server.kill()
            rows |= {f"{project.stack}, {name}: {what}": found for what, found in times.items()}
    with mail_server(port=dead) as back:
        settings = {"SMTP_URL": f"smtp://127.0.0.1:{dead}", "MAIL_FROM": "hello@example.com"}
        with project.serving(**settings):
            # One mail of the sign-up, one of the forgotten password.
            wait_for(lambda: all(len(back.mails(user)) >= 2 for user in expected))
            counts = {len(back.mails(user)) for user in expected}
    if counts != {2}:
        raise RuntimeError(f"{project.stack}: a user got another number of mails than 2: {counts}")
    return rows


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
