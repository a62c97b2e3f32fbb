"""``setup --check``: reports what setup would do, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable

from better_auth_setup import (
    conflicts,
    connection,
    database,
    duplicates,
    embedded_postgres,
    generation,
    migrations,
)
from better_auth_setup.console import Console
from better_auth_setup.difference import difference
from better_auth_setup.generate.files import is_evaluated
from better_auth_setup.node import Packages
from better_auth_setup.prisma import Client, Engine, Prisma
from better_auth_setup.problem import Problem
from better_auth_setup.project import Project
from better_auth_setup.settings import Settings
from better_auth_setup.wrapping import wrapped

#: Of sentences, behind the names of the steps.
_WIDTH = 65


def check(project: Project, console: Console) -> bool:
    """Prints what setup would do, a line each; returns whether there is nothing to do."""
    checks = _Checks(project)
    console.keep_secrets(Settings(project.root).variables())
    named: dict[str, Callable[[], list[str]]] = {
        "conflicts": checks.conflicts,
        "settings": checks.settings,
    }
    if project.pushes:
        named["install"] = checks.install
    named["database"] = checks.database
    later = checks.later() if project.pushes else set()
    if project.pushes:
        migrates = "prisma" not in later and migrations.are_used(project)
        named |= {
            "generate": checks.generate,
            "prisma": checks.prisma,
            "connect": checks.connect,
            "migrate" if migrates else "push": checks.tables,
        }
    is_well = True
    for name, find in named.items():
        try:
            sentences = ["The npm packages are missing."] if name in later else find()
        except Problem as problem:
            sentences = [str(problem)]
        for sentence in sentences:
            lines = wrapped(sentence, _WIDTH, " " * (80 - _WIDTH))
            console.say(f"{console.failed} {name:<12} {lines}")
        if not sentences:
            console.say(f"{console.done} {name}")
        is_well = is_well and not sentences
    if is_well:
        console.say("\nAll is well.")
    else:
        console.error("setup: There is something to do; setup without --check does what it can.")
    return is_well


class _Checks:
    """The checks of setup's steps. Each returns sentences about what setup would do."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._settings = Settings(project.root)
        self._is_reachable = False

    def conflicts(self) -> list[str]:
        root = self._project.root
        return [
            f"{name} has conflicts from an update; "
            + ("setup merges them." if conflicts.can_merge(root, name) else "resolve them.")
            for name in conflicts.find(root)
        ]

    def settings(self) -> list[str]:
        sentences = [f"{name} is missing in .env.local." for name in self._settings.missing()]
        if not self._settings.is_private:
            sentences.append("Other users can read .env.local.")
        return sentences

    def database(self) -> list[str]:
        if not (url := self._settings.get("DATABASE_URL")):
            return ["DATABASE_URL is empty in .env.local."]
        root = self._project.root
        is_embedded = embedded_postgres.is_embedded(root, url)
        if is_embedded and not embedded_postgres.status(root).running:
            return ["The embedded PostgreSQL is stopped."]
        database.examine(self._project, self._settings)
        self._is_reachable = True
        return []

    def install(self) -> list[str]:
        if Packages(self._project.root).is_current:
            return []
        return ["The npm packages are not installed, or not those of package.json."]

    def later(self) -> set[str]:
        """The checks that cannot be made before the npm packages are installed."""
        root = self._project.root
        if not Packages(root).absent():
            return set()
        return {"generate", *(("database", "prisma") if is_evaluated(root) else ())}

    def generate(self) -> list[str]:
        return duplicates.find(self._project) or generation.check(self._project)

    def prisma(self) -> list[str]:
        prisma, sentences = self._prisma, []
        if not Engine(prisma).is_chosen:
            sentences.append("Prisma's schema engine is not installed.")
        if Client(prisma).is_wanted and not Client(prisma).is_current:
            sentences.append("The Prisma client is missing or outdated.")
        return sentences

    def connect(self) -> list[str]:
        if not self._is_reachable or self.install() or not Client(self._prisma).is_current:
            return ["The connection of the application cannot be tried yet."]
        connection.prove(self._project, self._settings)
        return []

    def tables(self) -> list[str]:
        if not self._is_reachable or self.install() or not Engine(self._prisma).is_chosen:
            return ["The tables cannot be compared with prisma/schema.prisma yet."]
        if migrations.are_used(self._project):
            problem = migrations.check(self._prisma)
            return [problem] if problem else []
        changes = difference(self._prisma)
        message = f"The tables differ from {self._project.schema}. Setup would change:"
        return [f"{message}{changes}"] if changes else []

    @property
    def _prisma(self) -> Prisma:
        return Prisma(self._project, self._settings.variables())
