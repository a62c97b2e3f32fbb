"""What cannot work is refused with a sentence that says why, before a file is written."""

from __future__ import annotations

import json
import keyword
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.answers import URLS, plugin_data, provider_data, with_requirements
from tests.render.oracle import accepts
from tests.template import module, render

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"stack": "ruby"}, "'ruby' is not in ['python'"),
    ({"provider": "oracle"}, "'oracle' is not in ['postgresql'"),
    ({"provider": "mongodb"}, "Prisma 7 does not support MongoDB; choose another provider"),
    ({"plugins": ["passkeys"]}, "'passkeys' is not in ["),
    (
        {"provider": "sqlserver", "database_url": URLS["sqlserver"], "plugins": ["scim"]},
        "scim cannot be used with sqlserver: its tables cascade to one another",
    ),
    ({"plugins": ["oauth-provider"]}, "oauth-provider needs jwt; choose jwt as well"),
    ({"plugin_options": ["organization-teams"]}, "organization-teams needs organization"),
    ({"project_name": ""}, "a project needs a name"),
    ({"project_name": "   "}, "a project needs a name"),
    ({"project_name": "2nd try"}, '"2nd try" cannot be used; start with a letter'),
    ({"project_name": "Café"}, "cannot be used; start with a letter and go on with ASCII"),
    ({"project_name": 'My "app"'}, "cannot be used; start with a letter"),
    ({"project_name": "app\n"}, "cannot be used; start with a letter"),
    ({"project_name": "../app"}, "cannot be used; start with a letter"),
    ({"project_name": "a" * 41}, "longer than 40 characters"),
    ({"project_name": "Class"}, "a package class, which is a keyword of Python"),
    ({"project_name": "fastapi"}, "a package fastapi, which is a dependency of the project"),
    ({"project_name": "Better-Auth Setup"}, "a package better_auth_setup, which is a dependency"),
    ({"project_name": "email"}, "a package email, which is a module of Python's standard"),
    ({"project_name": "tests"}, "a package tests, which the project keeps for itself"),
    ({"project_name": "aux"}, "a package aux, which is the name of a device on Windows"),
]


@pytest.mark.parametrize(("answers", "sentence"), REFUSED, ids=lambda value: str(value)[:60])
def test_an_answer_is_refused_with_a_sentence(
    answers: dict[str, Any], sentence: str, template: Path, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    with pytest.raises(ValueError) as refusal:
        render(template, project, answers)
    assert sentence in str(refusal.value)
    assert not project.exists()


def test_every_provider_and_plugin_is_accepted_or_refused_as_the_oracle_says() -> None:
    choices, providers = module("choices"), ["mongodb", *provider_data()]
    wrong = []
    for provider, plugin in product(providers, plugin_data()):
        for plugins in ([plugin], with_requirements(plugin)):
            offered = json_choices(choices.providers())
            taken = not offered[provider]
            if taken:
                offered = json_choices(choices.plugins(provider))
                taken = not any(offered[chosen] for chosen in plugins)
                taken = taken and not choices.plugins_problem(plugins)
            if taken != accepts(provider, plugins):
                wrong.append((provider, plugins, taken))
    assert not wrong


def json_choices(text: str) -> dict[str, str]:
    """The refusal, or nothing, of each choice in the YAML that copier.yml gets."""
    entries = [json.loads(line.partition('": ')[2]) for line in text.splitlines() if line.strip()]
    return dict(
        (entry, "") if isinstance(entry, str) else (entry["value"], entry["validator"])
        for entry in entries
    )


@pytest.mark.parametrize("provider", provider_data())
def test_every_provider_has_a_url_to_imitate(provider: str) -> None:
    problem = module("database_url").problem
    assert problem(provider_data()[provider]["example"], provider) == ""
    assert problem(URLS[provider].format(password="Pa-55_word"), provider) == ""


BAD_URLS = [
    ("mysql", "", "MySQL or MariaDB needs a URL"),
    ("postgresql", "localhost/app", "starts with postgresql://"),
    ("postgresql", "mysql://a:b@localhost/app", "this one starts with mysql:, so perhaps the"),
    ("postgresql", "file:./dev.db", "this one starts with file:, so perhaps the provider is wrong"),
    ("postgresql", "prisma+postgres://localhost/?api_key=x", "starts with postgresql://"),
    ("sqlite", "postgresql://a:b@localhost/app", "A SQLite URL starts with file:"),
    ("sqlite", "file:", "names no file"),
    ("sqlite", "file:./", "names no file"),
    ("sqlite", "file:data/", "names no file"),
    ("postgresql", "postgresql:localhost/app", "lacks // after its scheme"),
    ("postgresql", "postgresql:///app", "names no host"),
    ("postgresql", "postgresql://a:b@/app", "names no host"),
    ("postgresql", "postgresql://a:b@:5432/app", "names no host"),
    ("postgresql", "postgresql://a:b@localhost", "names no database"),
    ("postgresql", "postgresql://a:b@localhost/", "names no database"),
    ("postgresql", "postgresql://a:b@localhost:5432/?schema=x", "names no database"),
    ("postgresql", "postgresql://a:b@localhost:/app", "no number from 1 to 65535"),
    ("postgresql", "postgresql://a:b@localhost:0/app", "no number from 1 to 65535"),
    ("postgresql", "postgresql://a:b@localhost:65536/app", "no number from 1 to 65535"),
    ("postgresql", "postgresql://a:b@localhost:54x2/app", "no number from 1 to 65535"),
    ("postgresql", "postgresql://a:b@c@localhost/app", "write @ as %40"),
    ("postgresql", "postgresql://a:b/c@localhost/app", "write @ as %40 and / as %2F"),
    ("postgresql", "postgresql://a:b c@localhost/app", "contains a space"),
    ("postgresql", " postgresql://a:b@localhost/app", "contains a space"),
    ("postgresql", "postgresql://a:b@localhost/app\n", "contains a control character"),
    ("postgresql", "postgresql://a:b\t@localhost/app", "contains a control character"),
    ("postgresql", "postgresql://a:b\x7f@localhost/app", "contains a control character"),
    ("postgresql", "postgresql://a:b$c@localhost/app", "contains $"),
    ("postgresql", "postgresql://a:b#c@localhost/app", "write it as %23"),
    ("postgresql", "postgresql://a:b'c@localhost/app", "write it as %27"),
    ("postgresql", 'postgresql://a:b"c@localhost/app', "write it as %22"),
    ("postgresql", "postgresql://a:b`c@localhost/app", "write it as %60"),
    ("postgresql", "postgresql://a:b\\c@localhost/app", "write it as %5C"),
    ("postgresql", "postgresql://a:bé@localhost/app", "write it as %C3%A9"),
    ("postgresql", "postgresql://a:100%@localhost/app", "write it as %25"),
    ("postgresql", "postgresql://a:b%zz@localhost/app", "write it as %25"),
    ("cockroachdb", "cockroachdb://a:b@localhost/app", "starts with postgresql://"),
    ("sqlserver", "sqlserver://;database=app", "names no host"),
    ("sqlserver", "sqlserver://localhost:x;database=app", "no number from 1 to 65535"),
    ("sqlserver", "sqlserver://localhost;user=sa;password=a", "names no database"),
]


@pytest.mark.parametrize(("provider", "url", "sentence"), BAD_URLS)
def test_a_bad_url_is_refused_with_a_sentence(provider: str, url: str, sentence: str) -> None:
    problem = module("database_url").problem(url, provider)
    assert sentence.lower() in problem.lower()
    assert "@" not in url or url not in problem, "the sentence repeats the URL, password and all"
    assert "\n" not in problem


GOOD_URLS = [
    ("postgresql", "postgres://localhost/app"),
    ("postgresql", "postgresql://a:b@[::1]:5432/app"),
    ("postgresql", "postgresql://a:%24%23%40@db.example.com/app?schema=auth&sslmode=require"),
    ("postgresql", "postgresql://a.b:c@db.pool-1.example.com:6543/app?pgbouncer=true"),
    ("sqlite", "file:dev.db"),
    ("sqlite", "file:/var/lib/app/app.db?connection_limit=1"),
    ("mysql", "mysql://a:b@127.0.0.1:3306/app?sslaccept=strict"),
    ("sqlserver", "sqlserver://localhost:1433;database=app;password={a;b}"),
]


@pytest.mark.parametrize(("provider", "url"), GOOD_URLS)
def test_urls_that_people_have_are_accepted(provider: str, url: str) -> None:
    assert module("database_url").problem(url, provider) == ""


def test_a_wrong_url_never_reaches_the_terminal(template: Path, tmp_path: Path) -> None:
    copier = [sys.executable, "-m", "copier", "copy", "--defaults", str(template), "project"]
    data = ["--data", "database_url=postgresql://app:S3cret$word@localhost/app"]
    result = subprocess.run([*copier, *data], cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode != 0
    assert "the database URL contains $" in result.stderr
    assert "S3cret" not in result.stdout + result.stderr
    assert not (tmp_path / "project").exists()


def test_no_project_can_shadow_python() -> None:
    reserved = set(module("reserved_names").reserved_names)
    names = {*sys.stdlib_module_names, *keyword.kwlist}
    assert not {name for name in names if name == name.lower() and name[0] != "_"} - reserved
