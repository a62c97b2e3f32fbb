"""``setup.py --check``: all of the looking, none of the changing."""

from __future__ import annotations

from collections.abc import Callable

from better_auth_setup import (
    conflicts,
    database,
    embedded_postgres,
    env_file,
    generation,
    merge,
    migrations,
    node,
    project,
    python_packages,
)
from better_auth_setup.console import Console, Problem
from better_auth_setup.difference import difference
from better_auth_setup.embedded_postgres import EmbeddedPostgresError
from better_auth_setup.prisma import Engine
from better_auth_setup.steps import read_variables


def examine(console: Console) -> int:
    """Prints what setup would do, a line each; gives 1 if there is anything, else 0."""
    doctor = _Doctor(console)
    looks: dict[str, Callable[[], list[str]]] = {
        "conflicts": doctor.conflicts,
        "install": python_packages.problems,
        "settings": doctor.settings,
        "database": doctor.database,
        "generate": generation.check,
        "prisma": doctor.prisma,
        "migrate" if migrations.are_used() else "push": doctor.tables,
    }
    if not project.pushes():
        for name in ("generate", "prisma", "push"):
            del looks[name]
    healthy = True
    for name, look in looks.items():
        try:
            sentences = look()
        except Problem as problem:
            sentences = [str(problem)]
        for sentence in sentences:
            console.say(f"{console.failed} {name:<12} {sentence}")
        if not sentences:
            console.say(f"{console.done} {name}")
        healthy = healthy and not sentences
    if not healthy:
        console.complain("setup: There is something to do; run it without --check.")
    return 0 if healthy else 1


class _Doctor:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._reachable = False

    def conflicts(self) -> list[str]:
        return [
            f"{name} has conflicts from an update; "
            + ("setup merges them." if merge.can_merge(name) else "resolve them.")
            for name in conflicts.find()
        ]

    def settings(self) -> list[str]:
        names = env_file.missing(project.ENV_FILE, project.ENV_EXAMPLE)
        sentences = [f"{name} is missing in .env.local." for name in names]
        if project.ENV_FILE.exists() and not env_file.is_private(project.ENV_FILE):
            sentences.append("Other users can read .env.local.")
        return sentences

    def database(self) -> list[str]:
        url = self._url()
        if not url:
            return ["DATABASE_URL is empty in .env.local."]
        try:
            if embedded_postgres.is_embedded(project.ROOT, url):
                status = embedded_postgres.status(project.ROOT)
                if not status.running:
                    return ["The embedded PostgreSQL is stopped."]
        except EmbeddedPostgresError as error:
            return [str(error)]
        where = database.examine(project.provider(), url)
        if where.endswith("to be created"):
            return [f"The database is not there yet: {where}."]
        self._reachable = True
        return []

    def prisma(self) -> list[str]:
        if not node.root_packages.is_current:
            return ["The npm packages are not installed, or not those of package.json."]
        if not Engine(project.provider(), read_variables(self._console)).is_chosen:
            return ["Prisma's schema engine is not installed."]
        return []

    def tables(self) -> list[str]:
        if not self._reachable or self.prisma():
            return ["The tables cannot be compared with prisma/schema.prisma yet."]
        variables = read_variables(self._console)
        if migrations.are_used():
            return migrations.check(variables)
        changes = difference(variables, None)
        said = f"The tables of the database are not those of {project.schema()}. Setup:{changes}"
        return [said] if changes else []

    def _url(self) -> str:
        return read_variables(self._console).get("DATABASE_URL", "")
