"""*generate* of the npm package and of the Python package agree on real schemas."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from hooks import node
from hooks.official import ask
from tests.generate.auth import needs
from tests.generate.peoples import FILES, Outcome, added, at_home, outcome
from tests.schema.cases import render
from tests.setup.npm_project import NODE_FILE, PACKAGE
from tests.some import some
from tests.waiting import TIMEOUT

SCRIPT = Path(__file__).with_name("npm_package.mjs")
PLUGINS = ["two-factor", "organization", "admin"]

#: Left out: better-auth's generator, which the npm package calls, cannot parse this schema.
UNREADABLE = "conflict_markers"
#: Schemas that one stack completes and the other refuses.
REFUSED_BY_ONE = {
    # The npm package leaves the choice between @unique and @@unique to the owner.
    "emails_of_tenants",
}
#: Schemas to which the npm package adds other lines: Prisma refuses the result, and its error
#: names what is left to do.
LEFT_TO_PRISMA = {"names_in_use"}


def npm_package(schemas: list[dict[str, Any]]) -> list[Any]:
    result = subprocess.run(
        [NODE_FILE, SCRIPT],
        input=json.dumps({"source": str(PACKAGE / "src"), "schemas": schemas}),
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    assert result.returncode == 0, result.stderr
    answers: list[Any] = json.loads(result.stdout)
    return answers


def titled(name: str) -> str:
    return name[:1].upper() + name[1:]


def of_npm(texts: dict[str, str], configurations: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What the npm package makes of each schema with its configuration."""
    drafts = npm_package([{"schema": text} for text in texts.values()])
    questions = []
    for (name, text), draft in zip(texts.items(), drafts, strict=True):
        (folder / f"{name}.prisma").write_text(draft)
        features, options, adapter = configurations[name]
        asked = {"features": features, "options": options, "adapter": adapter, "mayFail": True}
        asked["provider"] = outcome(features, text, options, adapter).provider
        questions += [{**asked, "existing": str(folder / f"{name}.prisma")}, asked]
    made = iter(ask(questions, node.pinned(*node.BETTER_AUTH)))
    items = []
    for name, text in texts.items():
        after, fresh = next(made), next(made)
        assert not isinstance(after, dict), f"{name}: {after}"
        features, options, adapter = configurations[name]
        provider = outcome(features, text, options, adapter).provider
        tables = needs(*features, provider=provider, options=options, adapter=adapter).tables
        defaults = {
            f"{titled(table.name)}.{column}": value
            for table in tables
            for column, value in table.defaults.items()
        }
        keys = {titled(table.name): table.key for table in tables}
        for table in tables:
            keys |= {f"{titled(table.name)}.{name}": key for name, key in table.keys.items()}
        official = {"after": after, "fresh": fresh, "defaults": defaults, "keys": keys}
        official["makesIds"] = "generateId" not in options
        official["isPlural"] = "usePlural" in adapter
        items.append({"schema": text, "official": official})
    return dict(zip(texts, npm_package(items), strict=True))


def added_by_npm(answer: Any) -> set[str]:
    """The models, fields and indexes that it adds."""
    found = set()
    for one in answer["added"]:
        block = one["block"].split()[1]
        if "after" not in one:
            found.add(titled(block))
        lines = [" ".join(line.split()) for line in one["lines"] if line.strip()]
        if "after" in one:
            found |= {f"{block} {line if line[0] == '@' else line.split()[0]}" for line in lines}
    return {_without_length(one) for one in found}


def added_by_python(result: Outcome) -> set[str]:
    found = set()
    for lack in result.plan.missing:
        if lack.block is None:
            found.add(titled(lack.table.name))
            continue
        found |= {f"{lack.block.name} {column.name}" for column in lack.columns}
        found |= {f"{lack.block.name} {line}" for line in lack.attributes}
    return {_without_length(one) for one in found}


def _without_length(problem: str) -> str:
    return problem.replace("(length: 191)", "").lower()


@pytest.mark.parametrize("is_configured", [True, False], ids=["configured", "as if new"])
def test_both_stacks_find_the_same_missing_or_refuse(is_configured: bool, tmp_path: Path) -> None:
    texts = {file.stem: file.read_text() for file in FILES if file.stem != UNREADABLE}
    homes = {
        name: at_home(name, PLUGINS) if is_configured else (PLUGINS, "{}", "{}") for name in texts
    }
    answers = of_npm(texts, homes, tmp_path)
    assert {*answers} >= REFUSED_BY_ONE | LEFT_TO_PRISMA
    for name, answer in some(answers.items()):
        features, options, adapter = homes[name]
        result = outcome(features, texts[name], options, adapter)
        problems = f"{name}: {result.plan.problems or answer['problems']}"
        both_refuse_or_none = bool(answer["problems"]) == bool(result.plan.problems)
        assert both_refuse_or_none is (name not in REFUSED_BY_ONE), problems
        if both_refuse_or_none and not result.plan.problems:
            is_same = added_by_npm(answer) == added_by_python(result)
            assert is_same is (name not in LEFT_TO_PRISMA), name


def in_two_schemas(text: str) -> str:
    text = text.replace('provider = "postgresql"', 'provider = "postgresql"\n  schemas  = ["auth"]')
    return re.sub(r'^  @@map\("\w+"\)$', r'\g<0>\n  @@schema("auth")', text, flags=re.MULTILINE)


def with_short_ids(text: str) -> str:
    text = re.sub(
        r"^  id( +)String( +)@id", r"\g<0> @default(uuid()) @db.Char(36)", text, flags=re.M
    )
    return re.sub(r"^  userId( +)String", r"\g<0> @db.Char(36)", text, flags=re.M)


def person(text: str) -> str:
    return re.sub(r"\bUser( +[@{])", r"Person\1", text)


def with_other_letters(text: str) -> str:
    above = "  // Your own fields and relations of User go below this line.\n"
    own = f'{above}  größe Größe? @default(GRÖSSER)\n  maß Int? @map("mass")\n'
    enum = "\nenum Größe {\n  GRÖSSER\n}\n\nmodel Änderung {\n  id String @id\n}\n"
    return text.replace(above, own) + enum


def with_uuids(text: str) -> str:
    default = '@default(dbgenerated("pg_catalog.gen_random_uuid()")) @db.Uuid'
    return re.sub(r"^(  id +String +@id)$", rf"\1 {default}", text, flags=re.M)


#: Edits of a rendered schema, and a part of the problem that *generate* reports then, if any.
EDITS: dict[str, tuple[Callable[[str], str], str]] = {
    "another user": (lambda text: f"{text}\nmodel user {{\n  id Int @id\n}}\n", ""),
    "several schemas": (in_two_schemas, ""),
    "users of a configured name in several schemas": (
        lambda text: person(in_two_schemas(text)),
        "",
    ),
    "ids of a native type": (with_short_ids, ""),
    "blanks before question marks": (lambda text: text.replace("String?", "String ?"), ""),
    "an ignored field": (
        lambda text: re.sub(r"^  image .*$", r"\g<0> @ignore", text, flags=re.M),
        "User.image is not in Prisma's client: remove @ignore",
    ),
    "an ignored model": (
        lambda text: text.replace('  @@map("session")', '  @@map("session")\n  @@ignore'),
        "Session is not in Prisma's client: remove @@ignore",
    ),
    "members by other names": (
        lambda text: f'{text}\nenum Role {{\n  user @map("USER")\n  User\n}}\n',
        "",
    ),
    "user of another name": (person, 'write user: { modelName: "person" } in auth'),
    "fields in another case": (
        lambda text: text.replace("emailVerified", "emailverified"),
        '{ fields: { emailVerified: "emailverified" } } in auth',
    ),
    "one word": (
        lambda text: f"{text}\nmodel twofactor {{\n  id String @id\n}}\n",
        "twofactor",
    ),
    "letters beyond ASCII": (with_other_letters, ""),
    "a required field of other letters": (
        lambda text: with_other_letters(text).replace("maß Int?", "maß Int"),
        "User.maß is required, and better-auth does not fill it",
    ),
    "uuids but for foreign keys": (
        with_uuids,
        "Session.userId refers to a uuid: add @db.Uuid.",
    ),
    "a uuid that refers to a text": (
        lambda text: re.sub(r"^  userId +String", r"\g<0> @db.Uuid", text, flags=re.M),
        "Session.userId is a uuid, but refers to none: remove @db.Uuid.",
    ),
    # Names in auth.ts that the schema does not have: see `OPTIONS`.
    "users": (str.rstrip, 'write user: { modelName: "user" } in auth'),
    "accounts of another name": (str.rstrip, 'write account: { modelName: "account" } in auth'),
    "fields of other names": (
        str.rstrip,
        'emailVerified: "emailVerified" } } in auth',
    ),
    "users of another name and fields": (
        str.rstrip,
        "Session.userId refers to User, but better-auth's to Persons: make auth",
    ),
    "plurals": (str.rstrip, "Session is found, but better-auth asks for sessions: rename it to"),
}

#: The options of better-auth that some of them need.
OPTIONS = {
    "users of a configured name in several schemas": '{ user: { modelName: "person" } }',
    "uuids but for foreign keys": '{ advanced: { database: { generateId: "uuid" } } }',
    "users": '{ user: { modelName: "users" } }',
    "accounts of another name": '{ account: { modelName: "credential" } }',
    "users of another name and fields": (
        '{ user: { modelName: "persons", fields: { email: "mail" } } }'
    ),
    "fields of other names": '{ user: { fields: { emailVerified: "email_verified" } } }',
}
ADAPTERS = {"plurals": "{ usePlural: true }"}


def keys(lines: Iterable[str]) -> set[str]:
    """The added fields that refer to users."""
    return {squeezed for line in lines if (squeezed := " ".join(line.split()))[:7] == "userId "}


def test_edits_of_a_schema_get_the_same_in_both_stacks(tmp_path: Path) -> None:
    base = render({"provider": "postgresql", "features": []})
    texts = {name: edit(base) for name, (edit, _) in EDITS.items()}
    assert base not in texts.values()
    configurations = {
        name: (PLUGINS, OPTIONS.get(name, "{}"), ADAPTERS.get(name, "{}")) for name in texts
    }
    answers = of_npm(texts, configurations, tmp_path)
    for name, (_, refusal) in some(EDITS.items()):
        features, options, adapter = configurations[name]
        result = outcome(features, texts[name], options, adapter)
        if refusal:
            assert refusal in "\n".join(result.plan.problems), name
            assert refusal in "\n".join(answers[name]["problems"]), name
        else:
            assert (result.plan.problems, answers[name]["problems"]) == ([], []), name
            assert added_by_npm(answers[name]) == added_by_python(result), name
            lines = [line for one in answers[name]["added"] for line in one["lines"]]
            assert keys(lines) == keys(added(texts[name], result.after)), name
            models = sum("after" not in one for one in answers[name]["added"])
            has_schemas = "@@schema" in texts[name]
            assert sum('@@schema("auth")' in line for line in lines) == models * has_schemas
