"""Tries the connection with the application's own drivers: Prisma's CLI accepts more parameters."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

from better_auth_setup.node import node, node_environment
from better_auth_setup.problem import Problem
from better_auth_setup.programs import environment, run
from better_auth_setup.project import Project
from better_auth_setup.settings import Settings

_CLIENTS = (Path("auth", "prisma.ts"), Path("web", "src", "lib", "prisma.ts"))
_SCRIPT = Path(__file__).with_name("connect.ts")
_SIDECAR = "better_auth_sidecar"


def prove(project: Project, settings: Settings) -> str:
    """Connects with the auth server's Prisma client, and with the driver of the session check.

    Returns:
        The step's result, in a few words.

    Raises:
        Problem: one of them cannot connect; the message contains the remedy.
    """
    # Prisma's CLI creates the SQLite file later.
    if project.provider.is_file:
        return "not tried"
    place, variables = settings.place("DATABASE_URL"), settings.variables()
    tried = False
    if client := next((path for path in _CLIENTS if (project.root / path).exists()), None):
        tried = True
        command = [str(node()), str(_SCRIPT), str(client), place]
        _run(command, node_environment(**variables), project)
    if importlib.util.find_spec(_SIDECAR):
        tried = True
        command = [sys.executable, "-P", "-m", f"{_SIDECAR}.connect", place]
        _run(command, environment(**variables), project)
    return "the application can connect" if tried else "not tried"


def _run(command: list[str], env: dict[str, str], project: Project) -> None:
    result = run(command, env=env, directory=project.root)
    if result.status:
        found = re.search(r"(?m)^problem: (.*)", result.output)
        raise Problem(found[1] if found else result.reason)
