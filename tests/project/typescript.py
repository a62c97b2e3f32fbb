"""A TypeScript project: setup, servers and browsers."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from hooks.demo import STACKS
from hooks.node import environment
from hooks.servers import free_port, running_server
from tests.messages import logged_message
from tests.wrapped import unwrapped

TYPESCRIPT = STACKS["typescript"]

#: Variables that could make a server start, or a build succeed, by accident.
SETTINGS = ("DATABASE_URL", "BETTER_AUTH_SECRET", "BETTER_AUTH_URL")

#: A trusted proxy, so that each browser of a test has its own address.
PROXY = "127.0.0.1"


def setup(project: Path, *flags: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs ``npm run setup``; its unwrapped output is in ``stdout``."""
    command = [*TYPESCRIPT.setup, *(("--", *flags) if flags else ())]
    done = subprocess.run(
        command,
        cwd=project,
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )
    done.stdout = unwrapped(done.stdout)
    return done


def npm(project: Path, script: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Runs a script of package.json, with options of npm; its output is in ``stdout``."""
    node, npm_cli, *_ = TYPESCRIPT.setup
    return subprocess.run(
        [node, npm_cli, "run", *options, script],
        cwd=project,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )


def run(project: Path, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Runs a command with these settings and no others; what it prints is in ``stdout``."""
    env = {key: value for key, value in environment(NO_COLOR="1").items() if key not in SETTINGS}
    return subprocess.run(
        command,
        cwd=project,
        env={**env, **settings},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=1800,
    )


def output(project: Path, *command: str, **settings: str) -> str:
    """What a command prints, as `run` starts it; it has to succeed."""
    done = run(project, *command, **settings)
    assert done.returncode == 0, done.stdout
    return done.stdout


def run_node(project: Path, *command: str, **settings: str) -> str:
    """Runs Node.js in the project's folder; it must succeed; returns its output."""
    done = subprocess.run(
        [TYPESCRIPT.serve[0], *command],
        cwd=project,
        env=environment(NO_COLOR="1", **settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=1800,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Browser(httpx.Client):
    """A client with cookies and its own address."""

    def __init__(self, address: str, log: Path) -> None:
        self.origin, self.log = address, log
        self.address = ".".join(str(1 + secrets.randbelow(254)) for _ in range(4))
        self.email = f"{secrets.token_hex(6)}@example.com"
        self.password = secrets.token_urlsafe(12)
        super().__init__(
            base_url=f"{address}/api/auth",
            headers={"Origin": address, "X-Forwarded-For": self.address},
            timeout=120,  # `next dev` compiles a route at its first request
        )

    def ask(self, path: str, **parameters: str) -> Any:
        """Sends a GET request that must succeed; returns the body."""
        response = self.get(path, params=parameters)
        assert response.is_success, f"{path}: {response.status_code} {response.text}"
        return response.json()

    def do(self, path: str, **body: Any) -> Any:
        """Sends a POST request that must succeed; returns the body."""
        response = self.post(path, json=body)
        assert response.is_success, f"{path}: {response.status_code} {response.text}"
        return response.json()

    def sign_up(self, **more: Any) -> dict[str, Any]:
        body = {"name": "Ada", "email": self.email, "password": self.password, **more}
        user: dict[str, Any] = self.do("/sign-up/email", **body)["user"]
        return user

    def sign_in(self) -> Any:
        return self.do("/sign-in/email", email=self.email, password=self.password)

    def user(self) -> dict[str, Any] | None:
        """The session's user, if any."""
        session = self.ask("/get-session")
        return session["user"] if session else None

    def message(self, to: str, subject: str) -> str:
        """The link or code of a message."""
        return logged_message(self.log, to, subject)


def guesses(address: str, local_address: str = "127.0.0.1") -> list[int]:
    """The statuses of five wrong passwords from an address, each with another forged one."""
    body = {"email": "nobody@example.com", "password": "not the password"}
    headers = [{"Origin": address, "X-Forwarded-For": f"203.0.113.{n}"} for n in range(5)]
    url = f"{address}/api/auth/sign-in/email"
    transport = httpx.HTTPTransport(local_address=local_address)
    # `next dev` compiles a route at its first request.
    with httpx.Client(transport=transport) as client:
        return [client.post(url, json=body, headers=each).status_code for each in headers]


def is_limited(statuses: list[int]) -> bool:
    """Whether a server refused guesses after the third one.

    On a slow machine, ten seconds pass during the guesses, and the server counts from one again.
    """
    return statuses[:3] == [401] * 3 and 429 in statuses[3:]


@dataclass(frozen=True)
class Server:
    """A running server of a project."""

    address: str
    log: Path
    project: Path

    def browser(self) -> Browser:
        return Browser(self.address, self.log)


@contextmanager
def serving(
    project: Path,
    port: int | None = None,
    command: Sequence[str] = TYPESCRIPT.serve,
    **settings: str,
) -> Iterator[Server]:
    """Runs the project's server on this port or a free one."""
    port = port or free_port()
    address = f"http://127.0.0.1:{port}"
    # Beside the project, where neither builds nor watchers look. Servers that run at once share it,
    # as each may send the messages of the others.
    log = project.with_name(f"{project.name}.log")
    env = {"BETTER_AUTH_URL": address, "PORT": str(port), "TRUSTED_PROXIES": PROXY, **settings}
    with running_server(command, project, environment(**env), address, log):
        yield Server(address, log, project)


def open_handles(file: Path) -> int:
    """How many times the processes of this user have a file open."""
    found = 0
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended, or is another user's
            for handle in (process / "fd").iterdir():
                with suppress(OSError):
                    found += handle.readlink() == file
    return found


def promote(project: Path, email: str) -> None:
    """Makes a user an admin in the database."""
    script = f"""
    import {{ prisma }} from "./src/lib/prisma.ts";
    await prisma.user.update({{ where: {{ email: "{email}" }}, data: {{ role: "admin" }} }});
    await prisma.$disconnect();
    """
    run_node(project, "--input-type=module", "--eval", script)
