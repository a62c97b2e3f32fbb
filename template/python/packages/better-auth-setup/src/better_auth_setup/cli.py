"""The commands of ``better-auth-setup``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from better_auth_setup.console import Console
from better_auth_setup.generate.command import main as generate_main
from better_auth_setup.problem import Problem
from better_auth_setup.project import Project

_USAGE = """\
usage: better-auth-setup COMMAND [OPTION ...]

  setup                        installs packages, brings the database up to date
  generate                     adds to the Prisma schema what auth.ts needs
  database start|stop|status   the PostgreSQL inside the project
  test-database -- COMMAND     runs a command on a database for tests
  prisma ...                   Prisma's CLI, with the project's settings
  npm ...                      npm; no Node.js has to be installed

Each has --help. The project is the current folder."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; returns the exit status: 0 success, 1 a problem, 2 wrong usage."""
    # Prisma's CLI does not start if its folder for temporary files is missing.
    for name in ("TMPDIR", "TEMP", "TMP"):
        if not os.access(os.environ.get(name) or ".", os.W_OK | os.X_OK):
            os.environ.pop(name, None)
    try:
        status = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of the pipe has gone (`| head`): keep Python from reporting it at exit.
        for stream in (sys.stdout, sys.stderr):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return 1
    return status


def _run(arguments: Sequence[str] | None) -> int:
    name, *rest = (sys.argv[1:] if arguments is None else list(arguments)) or [""]
    if name in ("-h", "--help"):
        print(_USAGE)
        return 0
    if name not in _COMMANDS:
        print(f'There is no command "{name}".\n\n{_USAGE}' if name else _USAGE, file=sys.stderr)
        return 2
    console = Console()
    try:
        return _COMMANDS[name](rest, console)
    except Problem as problem:
        console.error(f"{name}: {problem}")
        return 1
    except KeyboardInterrupt:
        console.error(f"{name}: Interrupted; run it again to go on.")
        return 130
    except BrokenPipeError:
        raise
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        console.error(f"{name}: {error.strerror or error}{where}.")
        return 1


def _setup(arguments: list[str], console: Console) -> int:
    parser = _parser("setup", "Takes a project to a running database. It can be repeated any time.")
    for option, meaning in {
        "--check": "only report what setup would do; exit status 1 if there is something",
        "--accept-data-loss": "drop from the database what is not in the schema",
        "--no-merge": "do not merge the conflicts of an update in the Prisma schema",
        "--start-migrations": "write prisma/migrations/0_init; later changes need a migration",
    }.items():
        parser.add_argument(option, action="store_true", help=meaning)
    options = parser.parse_args(arguments)
    project = Project.at(Path.cwd())
    if options.check:
        from better_auth_setup.check import check

        return 0 if check(project, console) else 1
    from better_auth_setup.setup import Options, set_up

    chosen = Options(options.accept_data_loss, not options.no_merge, options.start_migrations)
    set_up(project, console, chosen)
    return 0


def _database(arguments: list[str], console: Console) -> int:
    from better_auth_setup import embedded_postgres

    parser = _parser("database", "The PostgreSQL inside the project.")
    parser.add_argument("command", choices=["start", "stop", "status"])
    command = parser.parse_args(arguments).command
    root = Project.at(Path.cwd()).root
    if command == "start":
        embedded_postgres.start(root)
    elif command == "stop":
        embedded_postgres.stop(root)
    status = embedded_postgres.status(root)
    if not status.exists:
        console.say("There is no embedded PostgreSQL in this project.")
        return 3
    state = "runs" if status.running else "is stopped"
    console.say(f"The embedded PostgreSQL on port {status.port} {state}.")
    return 3 if command == "status" and not status.running else 0


def _test_database(arguments: list[str], console: Console) -> int:
    from better_auth_setup.testing import test_database

    parser = _parser("test-database", "Runs a command with DATABASE_URL set to a test database.")
    parser.add_argument("program", nargs="+", metavar="COMMAND")
    program = parser.parse_args(arguments).program
    os.environ["DATABASE_URL"] = test_database(Path.cwd())
    os.execvp(program[0], program)


def _prisma(arguments: list[str], console: Console) -> int:
    from better_auth_setup import embedded_postgres
    from better_auth_setup.node import node_environment
    from better_auth_setup.prisma import Prisma
    from better_auth_setup.settings import Settings

    project = Project.at(Path.cwd())
    settings = Settings(project.root)
    embedded_postgres.ensure_running(project.root, settings.get("DATABASE_URL"))
    command = [*Prisma(project, {}).command, *arguments]
    os.execve(command[0], command, node_environment(**settings.variables()))


def _npm(arguments: list[str], console: Console) -> int:
    from better_auth_setup.node import IN_PROJECT, node, node_environment, npm

    Project.at(Path.cwd())
    command = [str(node()), str(npm()), *IN_PROJECT, *arguments]
    os.execve(command[0], command, node_environment())


_COMMANDS: dict[str, Callable[[list[str], Console], int]] = {
    "setup": _setup,
    "generate": lambda arguments, console: generate_main(arguments),
    "database": _database,
    "test-database": _test_database,
    "prisma": _prisma,
    "npm": _npm,
}


def _parser(name: str, description: str) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(prog=f"better-auth-setup {name}", description=description)
