"""Real schemas from public projects, and the results of *generate* on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from better_auth_setup.generate.document import Document, parse
from better_auth_setup.generate.insertion import apply, insertions
from better_auth_setup.generate.plan import Plan, plan

from tests.generate.auth import needs

FOLDER = Path(__file__).with_name("schemas")
FILES = sorted(FOLDER.glob("*.prisma"))
MANY = ["two-factor", "organization", "admin", "passkey", "jwt", "rate-limit"]

SERIAL = '{ advanced: { database: { generateId: "serial" } } }'
UUID = '{ advanced: { database: { generateId: "uuid" } } }'
ADMIN = '{ plugins: [admin({ defaultRole: "USER", adminRoles: ["ADMIN"] })] }'

#: The options of `betterAuth` and of the adapter in the schema's own project.
CONFIGURED = {
    "big_number_ids": (SERIAL, "{}"),
    "enum_roles": (ADMIN, "{}"),
    "enum_without_the_default": (ADMIN, "{}"),
    "ids_of_the_database": (UUID, "{}"),
    "number_ids": (SERIAL, "{}"),
    "plural_models": ("{}", "{ usePlural: true }"),
    "uuid_ids": (UUID, "{}"),
}


@dataclass
class Outcome:
    before: str
    after: str
    plan: Plan
    provider: str


def outcome(features: list[str], text: str, options: str = "{}", adapter: str = "{}") -> Outcome:
    document = parse(Path("schema.prisma"), text)
    provider = provider_of(document)
    result = plan([document], needs(*features, provider=provider, options=options, adapter=adapter))
    made = insertions(result)
    return Outcome(text, apply(document, made), result, provider)


def provider_of(document: Document) -> str:
    blocks = (one for one in document.blocks if one.kind == "datasource")
    return next(one.settings["provider"].strip('"') for one in blocks)


@cache
def outcomes(plugins: tuple[str, ...]) -> dict[str, Outcome]:
    """The result for each schema with a default configuration."""
    return {file.stem: outcome(list(plugins), file.read_text()) for file in FILES}


def at_home(name: str, plugins: Iterable[str]) -> tuple[list[str], str, str]:
    """A schema's own configuration: plugins, options, adapter options."""
    options, adapter = CONFIGURED.get(name, ("{}", "{}"))
    brought = ["admin"] if "admin(" in options else []
    return [one for one in plugins if one not in brought], options, adapter


def added(old: str, new: str) -> list[str]:
    """The lines added in ``new``; fails if a line of ``old`` is missing or moved."""
    rest = iter(old.splitlines())
    expected, more = next(rest, None), []
    for line in new.splitlines():
        if line == expected:
            expected = next(rest, None)
        else:
            more.append(line)
    assert expected is None, f"lost: {expected}"
    return [line.strip() for line in more if line.strip()]
