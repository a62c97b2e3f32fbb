"""Renders a project, sets it up, and signs a user up, in and out through its running server.

Where Chromium is installed, a user also signs up on the project's page.

Usage: python -m hooks.demo STACK FRAMEWORK DIRECTORY [DATA]

DATA is a file of answers for Copier, or answers themselves: ``plugins=[admin] provider=sqlite``.
The project stays in DIRECTORY. Run again, the demo renders over it and keeps its database.
"""

from __future__ import annotations

import re
import secrets
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urljoin

import httpx
from playwright.sync_api import Error

from hooks import chromium
from hooks.node import NODE, NPM, REPOSITORY, environment
from hooks.servers import LIMIT, ServerError, free_port, running_server

#: The page that a developer opens first.
SIGN_UP = "/auth/sign-up"
#: In JavaScript: whether the page's script has started; React marks the forms that it takes over.
_IS_READY = """"ready" in document.documentElement.dataset ||
    [...document.forms].some((form) => Object.keys(form).some((key) => /^__react/.test(key)))"""


@dataclass(frozen=True)
class Stack:
    """The commands that set up and start a project of a stack, in its folder."""

    setup: Sequence[str]
    generate: Sequence[str]
    serve: Sequence[str]  # listens on 127.0.0.1 and the port of its last argument or of PORT
    stop: Sequence[str]  # the database, which outlives the server
    start: str  # what a developer types
    url: str  # where it then is
    build: Sequence[str] = ()  # before `serve`
    api: Sequence[str] = ()  # a second server, which the first one has below /api
    shows: Mapping[str, str] = field(default_factory=dict)  # pages, and what a user reads there


NPM_PACKAGE = [str(NODE / "bin" / "node"), "packages/better-auth-setup/bin.cjs"]
STACKS = {
    "python": Stack(
        setup=[sys.executable, "scripts/setup.py"],
        generate=[".venv/bin/better-auth-setup", "generate"],
        serve=[".venv/bin/fastapi", "run", "--host", "127.0.0.1", "--port", "{port}"],
        stop=[".venv/bin/better-auth-setup", "database", "stop"],
        start=".venv/bin/fastapi dev",
        url="http://localhost:8000",
    ),
    "typescript": Stack(
        setup=[str(NODE / "bin" / "node"), str(NPM), "run", "setup"],
        generate=[*NPM_PACKAGE, "generate"],
        serve=[str(NODE / "bin" / "node"), "src/server.ts"],
        stop=[*NPM_PACKAGE, "database", "stop"],
        start="npm run dev    # with Node.js 22.18 or newer",
        url="http://localhost:3000",
    ),
}


class DemoError(Exception):
    """The demo failed; the message is one sentence for the user."""


NEXT = [str(NODE / "bin" / "node"), "node_modules/next/dist/bin/next"]
NEXTJS = replace(
    STACKS["typescript"],
    build=[*NEXT, "build"],
    serve=[*NEXT, "start", "--hostname", "127.0.0.1", "--port", "{port}"],
    shows={"/auth/account": "{email}"},
)
PYTHON_NEXTJS = replace(
    STACKS["python"],
    build=[*NEXT, "build", "web"],
    serve=[*NEXT, "start", "web", "--hostname", "127.0.0.1", "--port", "{port}"],
    api=STACKS["python"].serve,
    start=NEXTJS.start,
    url=NEXTJS.url,
    # React splits the greeting of the page itself by comments; this one is FastAPI's.
    shows={**NEXTJS.shows, "/": "Hello, Demo!"},
)
STACKS_OF = {
    ("python", "hono"): STACKS["python"],
    ("python", "nextjs"): PYTHON_NEXTJS,
    ("typescript", "hono"): STACKS["typescript"],
    ("typescript", "nextjs"): NEXTJS,
}


def stack_of(name: str, framework: str) -> Stack:
    """The commands for a project of this stack and framework.

    Raises:
        DemoError: there is no such stack or framework.
    """
    if name not in STACKS:
        raise DemoError(f'There is no stack "{name}"; choose one of: {", ".join(STACKS)}.')
    if (name, framework) not in STACKS_OF:
        raise DemoError(f'There is no framework "{framework}"; choose one of: hono, nextjs.')
    return STACKS_OF[name, framework]


def run(command: Sequence[str], directory: Path, **settings: str) -> None:
    status = subprocess.run(command, cwd=directory, env=environment(**settings)).returncode
    if status:
        raise DemoError(f"`{shlex.join(command[:2])}` failed with exit status {status}.")


def render(stack: str, framework: str, directory: Path, data: str) -> None:
    """Renders the project into an empty folder, or over an earlier demo.

    Raises:
        DemoError: the folder is not empty, or Copier refuses an answer.
    """
    is_demo = (directory / ".copier-answers.yml").exists()
    if directory.exists() and any(directory.iterdir()) and not is_demo:
        raise DemoError(f"{directory} is not empty; name another folder with DIR=.")
    if Path(data).is_file():
        answers = ["--data-file", data]
    else:
        answers = [word for pair in shlex.split(data) for word in ("--data", pair)]
    copier = str(Path(sys.executable).with_name("copier"))
    copy = [copier, "copy", "--quiet", "--defaults", "--overwrite", "--vcs-ref", "HEAD"]
    chosen = ["--data", f"stack={stack}", "--data", f"framework={framework}"]
    run([*copy, *answers, *chosen, str(REPOSITORY), str(directory)], Path.cwd())
    if not (directory / ".git").exists():
        # In a folder that the repository around it ignores, linters would find no files.
        run(["git", "init", "--quiet"], directory)


@contextmanager
def serving(stack: Stack, directory: Path, api_url: str = "") -> Iterator[str]:
    """Runs the project's server on a free port, and its API at `api_url`; yields its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    # .env.local names the usual port; the environment overrides it.
    settings = environment(BETTER_AUTH_URL=address, PORT=str(port), API_URL=api_url)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as servers:

        def start(command: Sequence[str], address: str, name: str) -> None:
            log = Path(folder) / name
            servers.enter_context(running_server(command, directory, settings, address, log))

        # FastAPI starts the database.
        if stack.api:
            start(stack.api, api_url, "api")
        start(stack.serve, address, "server")
        yield address


def expect(response: httpx.Response, what: str) -> httpx.Response:
    if not response.is_success:
        status = f"{response.status_code} {response.reason_phrase}"
        raise DemoError(f"The {what} was answered with {status}: {response.text}")
    print(f"✓ {what}")
    return response


def walk_through(
    address: str, shows: Mapping[str, str] | None = None, local_address: str | None = None
) -> None:
    """Signs a new user up, out, in and out again, and checks the session in between.

    Args:
        address: the server's address.
        shows: texts that the signed-in user finds on pages; ``{email}`` is the user's.
        local_address: the client's IP address, by which the server limits sign-ins.
    """
    email = f"demo-{secrets.token_hex(4)}@example.com"
    password = secrets.token_urlsafe(16)
    headers = {"Origin": address}
    transport = httpx.HTTPTransport(local_address=local_address)
    with httpx.Client(
        base_url=f"{address}/api/auth", headers=headers, timeout=60, transport=transport
    ) as browser:
        credentials = {"email": email, "password": password}
        expect(browser.post("/sign-up/email", json={"name": "Demo", **credentials}), "sign-up")
        expect(browser.post("/sign-out", json={}), "sign-out")
        if browser.get("/get-session").json() is not None:
            raise DemoError("The session is still there after the sign-out.")
        expect(browser.post("/sign-in/email", json=credentials), "sign-in")
        session = expect(browser.get("/get-session"), "session").json()
        if session["user"]["email"] != email:
            raise DemoError(f"The session is not that of {email}.")
        for page, text in (shows or {}).items():
            wanted = text.format(email=email)
            if wanted not in expect(browser.get(f"{address}{page}"), f"page {page}").text:
                raise DemoError(f"The page {page} does not show {wanted}")
        expect(browser.post("/sign-out", json={}), "sign-out")
        if browser.get("/get-session").json() is not None:
            raise DemoError("The session is still there after the second sign-out.")
    print(f"  {email} was signed up, in and out.")


def visit(address: str) -> None:
    """Signs a new user up on the project's page, and reads there who is signed in.

    Without Chromium, it only fetches the page and its files.

    Raises:
        DemoError: the sign-up on the page fails.
    """
    if not chromium.PATH.exists():
        html = expect(httpx.get(f"{address}{SIGN_UP}"), f"page {SIGN_UP}").text
        for name in re.findall(r'(?:href|src)="([^":]+\.(?:css|js))"', html):
            expect(httpx.get(urljoin(f"{address}{SIGN_UP}", name)), f"file {name} of the page")
        print("  The page was not tested: Chromium is not installed (`make chromium`).")
        return
    email = f"demo-{secrets.token_hex(4)}@example.com"
    credentials = {"name": "Demo", "email": email, "password": secrets.token_urlsafe(16)}
    with chromium.launched() as browser:
        page = browser.new_page()
        page.set_default_timeout(LIMIT * 1000)
        try:
            page.goto(f"{address}{SIGN_UP}")
            deadline = time.monotonic() + LIMIT
            while not page.evaluate(_IS_READY):
                if time.monotonic() > deadline:
                    raise DemoError("The page's script did not start.")
                page.wait_for_timeout(50)
            for name, text in credentials.items():
                page.locator(f"input[name={name}]").fill(text)
            page.keyboard.press("Enter")
            page.wait_for_url("**/auth/account")
            page.get_by_text(email).first.wait_for()
        except Error as error:
            shown = page.locator("body").inner_text()
            raise DemoError(f"The page does not sign up: {error}\nIts text is:\n{shown}") from None
        heading = page.get_by_role("heading", level=1).inner_text()
    print(f"✓ page {SIGN_UP} in Chromium, which then shows: {heading} ({email})")


def demo(name: str, framework: str, directory: Path, data: str) -> None:
    stack = stack_of(name, framework)
    render(name, framework, directory, data)
    run(stack.setup, directory)
    api_url = f"http://127.0.0.1:{free_port()}" if stack.api else ""
    if stack.build:
        run(stack.build, directory, API_URL=api_url)
    with serving(stack, directory, api_url) as address:
        walk_through(address, stack.shows)
        visit(address)
    if (directory / ".postgres").exists():
        run(stack.stop, directory)
    print(f"\nThe project is in {directory}. Start it again with:\n")
    print(f"    cd {shlex.quote(str(directory))} && {stack.start}")
    print(f"\nand open {stack.url}{SIGN_UP}")


if __name__ == "__main__":
    try:
        stack, framework, directory, *data = sys.argv[1:]
        demo(stack, framework, Path(directory).resolve(), " ".join(data))
    except (DemoError, ServerError, httpx.HTTPError) as error:
        sys.exit("\n".join([*getattr(error, "__notes__", []), f"demo: {error}"]))
