"""Invalid answers are refused with a reason, before a file is written."""

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


def test_providers_and_plugins_are_accepted_as_the_oracle_expects() -> None:
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
    """The refusal of each choice, or "", in the YAML that copier.yml gets."""
    entries = [json.loads(line.partition('": ')[2]) for line in text.splitlines() if line.strip()]
    return dict(
        (entry, "") if isinstance(entry, str) else (entry["value"], entry["validator"])
        for entry in entries
    )


@pytest.mark.parametrize("provider", provider_data())
def test_every_provider_has_an_example_url(provider: str) -> None:
    problem = module("database_url").problem
    assert problem(provider_data()[provider]["example"], provider) == ""
    assert problem(URLS[provider].format(password="Pa-55_word"), provider) == ""


ESCAPE = "Escape user name and password in the URL: @ is %40"
PRISMA = "Give the database's own URL: Prisma's services"

#: The start of each message, which is the remedy.
BAD_URLS = [
    ("mysql", "", "Give a URL like mysql://user:password@localhost"),
    ("postgresql", '"postgresql://a:pass@localhost/app"', "Remove the quotes around"),
    ("postgresql", "'postgresql://a:pass@localhost/app'", "Remove the quotes around"),
    ("postgresql", "localhost/app", "Write it like postgresql://"),
    ("postgresql", "a:pass@localhost/app", "Write it like postgresql://"),
    ("postgresql", "mysql://a:pass@localhost/app", "Choose another provider or another URL"),
    ("postgresql", "file:./dev.db", "Choose another provider or another URL"),
    ("postgresql", "prisma+postgres://localhost/?api_key=pass", PRISMA),
    ("postgresql", "prisma://accelerate.prisma-data.net/?api_key=pass", PRISMA),
    ("postgresql", "postgresql+asyncpg://a:pass@localhost/app", "Start the URL with postgresql:"),
    ("postgresql", "POSTGRESQL://a:pass@localhost/app", "Start the URL with postgresql:"),
    ("mysql", "mysql+pymysql://a:pass@localhost/app", "Start the URL with mysql: instead"),
    ("sqlite", "FILE:./dev.db", "Start the URL with file: instead"),
    ("sqlite", "postgresql://a:pass@localhost/app", "Choose another provider or another URL"),
    ("sqlite", "file:", "Write it like file:./name.db or file:/folder/name.db"),
    ("sqlite", "file:./", "Write it like file:./name.db"),
    ("sqlite", "file:data/", "Write it like file:./name.db"),
    ("sqlite", "file://host/dev.db", "Write it like file:./name.db"),
    ("sqlite", "file::memory:", "Write it like file:./name.db"),
    ("sqlite", "file:~/dev.db", "Write it like file:./name.db"),
    ("sqlite", "file:C:/dev.db", "Write it like file:./name.db"),
    ("sqlite", "file:my#.db", "Rename the file: # in its path"),
    ("postgresql", "postgresql:localhost/app", "Write it like postgresql://"),
    ("postgresql", "postgresql:///app", "Name the host: "),
    ("postgresql", "postgresql://a:pass@/app", "Name the host: "),
    ("postgresql", "postgresql://a:pass@:5432/app", "Name the host: "),
    ("postgresql", "postgresql://localhost/app", "Name the user: "),
    ("postgresql", "postgresql://:pass@localhost/app", "Name the user: "),
    ("postgresql", "postgresql://a:pass@loc!alhost/app", "Correct the host: "),
    ("postgresql", "postgresql://a:pass@a,b/app", "Name one host in the URL"),
    ("postgresql", "postgresql://a:pass@a:1,b:2/app", "Name one host in the URL"),
    ("postgresql", "postgresql://a:pass@localhost", "Name the database after the host: "),
    ("postgresql", "postgresql://a:pass@localhost/", "Name the database after the host: "),
    ("postgresql", "postgresql://a:pass@localhost:5432/?schema=x", "Name the database after the"),
    ("postgresql", "postgresql://a:pass@localhost/app/", "Remove the / after the database's name"),
    ("postgresql", "postgresql://a:pass@localhost/app/x", "Write / as %2F"),
    ("postgresql", "postgresql://a:pass@localhost:/app", "Correct the port"),
    ("postgresql", "postgresql://a:pass@localhost:0/app", "Correct the port"),
    ("postgresql", "postgresql://a:pass@localhost:65536/app", "Correct the port"),
    ("postgresql", "postgresql://a:pass@localhost:54x2/app", "Correct the port"),
    ("postgresql", "postgresql://a:pass@word@localhost/app", ESCAPE),
    ("postgresql", "postgresql://a:pass/word@localhost/app", ESCAPE),
    ("postgresql", "postgresql://a:pass?word@localhost/app", ESCAPE),
    ("postgresql", "postgresql://a:pass?wo=rd@localhost/app", ESCAPE),
    ("postgresql", "postgresql://a:b@pass?word@localhost/app?schema=x", ESCAPE),
    ("postgresql", "postgresql://a:pass?word", "Correct the port"),
    ("postgresql", "postgresql://a@localhost/app?pass", "Write what follows ? in the URL as "),
    ("postgresql", "postgresql://a:pass word@localhost/app", "Remove the space from the URL"),
    ("postgresql", " postgresql://a:pass@localhost/app", "Write it like"),
    ("postgresql", "postgresql://a:pass@localhost/app\n", "Remove the control character"),
    ("postgresql", "postgresql://a:pass\t@localhost/app", "Remove the control character"),
    ("postgresql", "postgresql://a:pass\x7f@localhost/app", "Remove the control character"),
    ("postgresql", "postgresql://a:pass$c@localhost/app", "Write $ as %24"),
    ("postgresql", "postgresql://a:pass#c@localhost/app", "Write # as %23"),
    ("postgresql", "postgresql://a:pass'c@localhost/app", "Write ' as %27"),
    ("postgresql", 'postgresql://a:pass"c@localhost/app', 'Write " as %22'),
    ("postgresql", "postgresql://a:pass`c@localhost/app", "Write ` as %60"),
    ("postgresql", "postgresql://a:pass\\c@localhost/app", "Write \\ as %5C"),
    ("postgresql", "postgresql://a:passé@localhost/app", "Write é as %C3%A9"),
    ("postgresql", "postgresql://a:pass100%@localhost/app", "Write each % of the URL as %25"),
    ("postgresql", "postgresql://a:pass%zz@localhost/app", "Write each % of the URL as %25"),
    ("cockroachdb", "cockroachdb://a:pass@localhost/app", "Write it like postgresql://"),
    ("cockroachdb", "postgresql://a:pass@h/app?channel_binding=require", "Remove channel_binding"),
    ("sqlserver", "sqlserver://;database=app", "Name the host: "),
    ("sqlserver", "sqlserver://localhost:x;database=app", "Correct the port"),
    ("sqlserver", "sqlserver://localhost;user=sa;password=pass", "Add ;database= "),
]


@pytest.mark.parametrize(("provider", "url", "sentence"), BAD_URLS)
def test_a_bad_url_is_refused_with_a_sentence(provider: str, url: str, sentence: str) -> None:
    problem = module("database_url").problem(url, provider)
    assert problem.startswith(sentence)
    advice = problem.replace(provider_data()[provider]["example"], "").replace("password", "")
    assert "pass" not in advice and "wo=rd" not in advice and "word@" not in advice
    assert len(problem) <= 80 and "\n" not in problem


GOOD_URLS = [
    ("postgresql", "postgres://me@localhost/app"),
    ("postgresql", "postgresql://a:b@[::1]:5432/app"),
    ("postgresql", "postgresql://a:%24%23%40@db.example.com/app?schema=auth&sslmode=require"),
    ("postgresql", "postgresql://a.b:c@db.pool-1.example.com:6543/app?pgbouncer=true"),
    ("sqlite", "file:dev.db"),
    ("sqlite", "file:/var/lib/app/app.db?connection_limit=1"),
    ("sqlite", "file:./my größe%20data.db"),
    ("postgresql", "postgresql://me@localhost/app?host=/run/postgresql"),
    ("postgresql", "postgresql://me@%2Frun%2Fpostgresql/app"),
    *(
        ("postgresql", f"postgresql://a:b@{host}")
        for host in (
            "ep-x-pooler.eu.aws.neon.tech/neondb?sslmode=require",
            "ep-x.eu.aws.neon.tech/neondb?sslmode=require&options=endpoint%3Dep-x",
            "ep-x.neon.tech/verceldb?sslmode=require&pgbouncer=true&connect_timeout=15",
            "aws-0.pooler.supabase.com:6543/postgres?pgbouncer=true&connection_limit=1",
            "aws-0.pooler.supabase.com:6543/postgres?workaround=supabase-pooler.vercel",
            "aws-0.pooler.supabase.com:6543/postgres?sslmode=require&supa=base-pooler.x",
            "x.rds.amazonaws.com/app?sslmode=verify-full&sslrootcert=global-bundle.pem",
            "x.db.ondigitalocean.com:25060/defaultdb?sslmode=require",
            "x.postgres.database.azure.com/postgres?sslmode=require",
            "containers.railway.app:7432/railway",
            "db.prisma.io:5432/postgres?sslmode=require",
        )
    ),
    ("cockroachdb", "postgresql://a:b@x.cockroachlabs.cloud:26257/db?sslmode=verify-full"),
    ("mysql", "mysql://a:b@aws.connect.psdb.cloud/app?sslaccept=strict"),
]


@pytest.mark.parametrize(("provider", "url"), GOOD_URLS)
def test_real_urls_are_accepted(provider: str, url: str) -> None:
    assert module("database_url").problem(url, provider) == ""


def test_a_wrong_url_never_reaches_the_terminal(template: Path, tmp_path: Path) -> None:
    copier = [sys.executable, "-m", "copier", "copy", "--defaults", str(template), "project"]
    data = ["--data", "database_url=postgresql://app:S3cret$word@localhost/app"]
    result = subprocess.run([*copier, *data], cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode != 0
    assert "Write $ as %24 in the URL" in result.stderr
    assert "S3cret" not in result.stdout + result.stderr
    assert not (tmp_path / "project").exists()


def test_the_reserved_names_contain_python_modules_and_keywords() -> None:
    reserved = set(module("reserved_names").reserved_names)
    names = {*sys.stdlib_module_names, *keyword.kwlist}
    assert not {name for name in names if name == name.lower() and name[0] != "_"} - reserved
