"""The part of setup that needs nothing but Python."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from better_auth_setup import conflicts, merge, python_packages
from better_auth_setup.console import Console, Problem
from better_auth_setup.project import PYTHON, ROOT

_LOCKS_VARIABLE = "SETUP_LOCKS"


def main(arguments: Sequence[str]) -> int:
    """Runs setup; gives the exit status: 0 done, 1 a problem, 2 wrong usage, 130 interrupted."""
    options = parser().parse_args(arguments)
    if os.name == "nt":
        print("setup: This needs Linux or macOS; on Windows, use WSL.", file=sys.stderr)
        return 1
    console = Console()
    try:
        if _LOCKS_VARIABLE in os.environ:
            from better_auth_setup.steps import run_steps

            return run_steps(options, console, os.environ.pop(_LOCKS_VARIABLE))
        return _prepare(options, console, arguments)
    except Problem as problem:
        console.complain(f"setup: {problem}")
        return 1
    except KeyboardInterrupt:
        console.complain("setup: Interrupted; run it again to go on.")
        return 130
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        console.complain(f"setup: {error.strerror or error}{where}.")
        return 1


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="setup.py",
        description="Installs what the project needs and brings its database up to date. "
        "It can be repeated at any time.",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="look at everything and change nothing; exit status 1 if there is something to do",
    )
    parser.add_argument(
        "--accept-data-loss",
        action="store_true",
        help="let `prisma db push` make changes that delete data",
    )
    parser.add_argument(
        "--no-merge",
        action="store_true",
        help="leave the conflicts that an update left in the Prisma schema to you",
    )
    parser.add_argument(
        "--start-migrations",
        action="store_true",
        help="write prisma/migrations/0_init from the tables; later changes need a migration",
    )
    return parser


def _mergeable(options: argparse.Namespace) -> list[str]:
    """The schemas whose conflicts setup resolves."""
    return [] if options.no_merge else [one for one in conflicts.find() if merge.can_merge(one)]


def _prepare(options: argparse.Namespace, console: Console, arguments: Sequence[str]) -> int:
    """Installs the Python packages and goes on in the Python that has them."""
    from better_auth_setup.locks import Locks

    if options.check:
        if not PYTHON.exists():
            missing = [f"{name} has conflicts from an update." for name in conflicts.find()]
            for sentence in [*missing, *python_packages.problems()]:
                console.say(f"{console.failed} {sentence}")
            return 1
        _become(arguments, "")
    with console.step("tools") as step:
        if not os.access(ROOT, os.W_OK):
            raise Problem(f"The project's folder {ROOT} is read-only for this user.")
        locks = Locks.take(console)
        conflicts.refuse(but=_mergeable(options))
        step.detail = f"Python {sys.version.split()[0]}"
    with console.step("install") as step:
        step.detail = f"Python packages, {python_packages.install(locks.programs)}"
    _become(arguments, locks.hand_over())


def _become(arguments: Sequence[str], locks: str) -> NoReturn:
    """Starts over in the project's Python; it is the same process, so that it keeps the locks."""
    os.environ[_LOCKS_VARIABLE] = locks
    sys.stdout.flush()
    script = str(Path(sys.argv[0]).resolve())
    os.execv(PYTHON, [str(PYTHON), script, *arguments])
