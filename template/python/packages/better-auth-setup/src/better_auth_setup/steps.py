"""The part of setup that runs in the project's own Python."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor

from better_auth_setup import (
    conflicts,
    database,
    embedded_postgres,
    env_file,
    merge,
    migrations,
    node,
    programs,
    project,
    repetitions,
)
from better_auth_setup.console import Console, Problem
from better_auth_setup.embedded_postgres import EmbeddedPostgresError
from better_auth_setup.generation import generate
from better_auth_setup.locks import Locks
from better_auth_setup.prisma import Engine, project_variables
from better_auth_setup.push import push
from better_auth_setup.python_packages import find_uv

_SECRET_NAMES = ("SECRET", "PASSWORD", "TOKEN", "KEY")


def run_steps(options: argparse.Namespace, console: Console, locks: str) -> int:
    """Does everything that comes after the Python packages; gives the exit status.

    Raises:
        Problem: a step cannot be done.
    """
    if options.check:
        from better_auth_setup.doctor import examine

        return examine(console)
    lock = Locks.inherited(locks).programs
    with ThreadPoolExecutor() as background:
        try:
            if schemas := [name for name in conflicts.find() if merge.can_merge(name)]:
                with console.step("merge") as step:
                    step.detail = merge.merge(schemas, console)
            _run(console, lock, background, options)
        except Problem as problem:
            # Said at once: leaving the block waits for npm, so that the next setup need not.
            console.complain(f"setup: {problem}")
            return 1
        except KeyboardInterrupt:
            programs.end_all()
            raise
    start = "uv run fastapi dev" if find_uv() else ".venv/bin/fastapi dev"
    console.say(f"\nReady. Start it with:\n\n    {start}\n")
    return 0


def read_variables(console: Console) -> dict[str, str]:
    """The project's variables; their secrets will not be printed.

    Raises:
        Problem: ``.env.local`` cannot be read.
    """
    variables = env_file.read(project.ENV_FILE)
    for name, value in variables.items():
        if any(word in name for word in _SECRET_NAMES):
            console.keep_secret(value)
    return project_variables(variables)


class _Background:
    """Work in another thread, and how long it took."""

    def __init__(self, executor: Executor, work: Callable[[], None]) -> None:
        self._started = time.monotonic()
        self._future = executor.submit(self._do, work)

    def wait(self) -> float:
        """Waits for its end; gives the seconds that it took, raises what it raised."""
        return self._future.result()

    def _do(self, work: Callable[[], None]) -> float:
        work()
        return time.monotonic() - self._started


def _run(console: Console, lock: int, executor: Executor, options: argparse.Namespace) -> None:
    if options.start_migrations and migrations.are_used():
        raise Problem("The project has migrations already; see prisma/migrations.")
    provider = project.provider()
    with console.step("settings") as step:
        step.detail = _complete_settings()
    variables = read_variables(console)
    if not project.pushes():
        with console.step("database") as step:
            step.detail = f"{_reach_database(provider, variables)}; its tables stay as they are"
        return

    # npm takes longest, and nothing before the push needs what it installs.
    engine = Engine(provider, variables)
    npm = _Background(executor, lambda: node.install(node.root_packages, lock))
    wasm = _Background(executor, lambda: engine.prepare(lock))

    with console.step("database") as step:
        step.detail = _reach_database(provider, variables)
    with console.step("generate") as step:
        for sentence in repetitions.drop():
            console.say(f"    {sentence}; one was taken out")
        step.detail = generate(lock)
    with console.step("prisma") as step:
        step.seconds = max(npm.wait(), wasm.wait())
        step.detail = engine.choose(lock)
    if migrations.are_used():
        with console.step("migrate") as step:
            step.detail = migrations.deploy(variables, lock, console)
        return
    with console.step("push") as step:
        step.detail = push(variables, lock, console, loss=options.accept_data_loss)
    if options.start_migrations:
        with console.step("migrate") as step:
            step.detail = migrations.start(variables, lock, console)


def _complete_settings() -> str:
    added = env_file.complete(
        project.ENV_FILE, project.ENV_EXAMPLE, {"BETTER_AUTH_SECRET": env_file.new_secret}
    )
    return f".env.local: {', '.join(added)} added" if added else ".env.local is complete"


def _reach_database(provider: str, variables: dict[str, str]) -> str:
    """Connects to the database; without a URL, makes one where the provider allows that."""
    if not variables.get("DATABASE_URL"):
        url = _new_database(provider)
        env_file.complete(project.ENV_FILE, project.ENV_EXAMPLE, {"DATABASE_URL": lambda: url})
        variables["DATABASE_URL"] = url
    url = variables["DATABASE_URL"]
    try:
        embedded = provider == "postgresql" and embedded_postgres.ensure_running(project.ROOT, url)
    except EmbeddedPostgresError as error:
        raise Problem(str(error)) from None
    where = database.examine(provider, url)
    return f"{where} (embedded)" if embedded else where


def _new_database(provider: str) -> str:
    if provider == "postgresql":
        try:
            return embedded_postgres.create(project.ROOT, project.name())
        except EmbeddedPostgresError as error:
            raise Problem(str(error)) from None
    if provider == "sqlite":
        return "file:./dev.db"
    raise Problem(
        "DATABASE_URL in .env.local is empty; write the URL of your database there, as "
        ".env.example shows."
    )
