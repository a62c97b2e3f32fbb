"""All readers interpret a database URL alike, or refuse it alike."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from better_auth_sidecar.database_url import DatabaseUrlError, read_database_url

from tests.database_url.parameters import (
    ADDRESSES,
    REFUSED,
    SERVERS,
    SQLITE_FILES,
    TABLE,
    TAKEN,
    TLS,
    URLS_REFUSED,
    Taken,
    Tls,
    url,
    write_certificates,
)
from tests.database_url.readers import write_reader
from tests.foreign_variables import LIBPQ
from tests.project.typescript import run_node
from tests.template import module

READ = """
const { databaseUrlProblem, mysql, postgresql, sqlite } = await import("./database-url.ts");
const readers = { postgresql, postgres: postgresql, mysql, file: sqlite };
const found = JSON.parse(process.argv[1]).map((url) => {
  const problem = databaseUrlProblem(url);
  if (problem) return { problem };
  const options = readers[url.split(":")[0]](url);
  if (options.ssl?.checkServerIdentity) options.ssl.ignoresHost = true;
  return options;
});
for (const read of [postgresql, mysql, sqlite]) read(""); // the application can be loaded
console.log(JSON.stringify(found));
"""

#: A file that even root cannot read.
UNREADABLE = "/proc/self/mem"


class Readers:
    """A project's folder, and the readers of its DATABASE_URL."""

    def __init__(self, root: Path) -> None:
        self.root = root
        write_certificates(root)
        write_reader(root)

    @cached_property
    def _of_node(self) -> dict[str, Any]:
        urls = [
            url(kind, str(parameters))
            for cases in (TAKEN, TLS, REFUSED)
            for kind in SERVERS
            for parameters in cases[kind]
        ]
        files = ("none.pem", UNREADABLE)
        urls += [url(kind, f"sslcert={file}") for kind in ("postgresql", "mysql") for file in files]
        urls += [*URLS_REFUSED, *ADDRESSES, *SQLITE_FILES]
        script = ["--input-type=module", "--eval", READ, json.dumps(urls)]
        output = run_node(self.root, *script, **LIBPQ)
        return dict(zip(urls, json.loads(output), strict=True))

    def node(self, url: str) -> Any:
        """The driver's options, or the ``problem``."""
        return self._of_node[url]

    def python(self, url: str) -> Any:
        return read_database_url(url, self.root)


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> Readers:
    return Readers(tmp_path_factory.mktemp("project"))


def pairs(cases: dict[str, Any]) -> list[Any]:
    return [pytest.param(kind, case, id=f"{kind} {case}") for kind in cases for case in cases[kind]]


@pytest.mark.parametrize(("kind", "case"), pairs(TAKEN))
def test_accepted_parameters_are_translated(readers: Readers, kind: str, case: Taken) -> None:
    given = url(kind, case.parameters)
    node, python = readers.node(given), readers.python(given)
    assert "problem" not in node
    assert {name: node.get(name) for name in case.node} == case.node
    assert {name: getattr(python, name) for name in case.python} == case.python
    assert module("database_url").problem(given, kind) == ""


@pytest.mark.parametrize(("kind", "parameters"), pairs(TLS))
def test_tls_settings_mean_the_same(readers: Readers, kind: str, parameters: str) -> None:
    given, expected = url(kind, parameters), TLS[kind][parameters]
    assert Tls.of_node(readers.node(given).get("ssl")) == expected
    without_files = expected and Tls(expected.verifies, expected.checks_host)
    assert Tls.of_python(readers.python(given).tls) == without_files
    assert module("database_url").problem(given, kind) == ""


@pytest.mark.parametrize(("kind", "parameters"), pairs(REFUSED))
def test_refused_parameters_are_refused_by_all_readers(
    readers: Readers, kind: str, parameters: str
) -> None:
    given = url(kind, parameters)
    with pytest.raises(DatabaseUrlError) as caught:
        readers.python(given)
    message = str(caught.value)
    assert message.startswith(REFUSED[kind][parameters])
    assert readers.node(given) == {"problem": message}
    assert module("database_url").problem(given, kind) == message
    assert len(message) <= 80
    assert "geheim" not in message


@pytest.mark.parametrize("kind", ["postgresql", "mysql"])
def test_a_missing_certificate_file_is_reported(readers: Readers, kind: str) -> None:
    given = url(kind, "sslcert=none.pem")
    with pytest.raises(DatabaseUrlError, match="Correct sslcert= in DATABASE_URL"):
        readers.python(given)
    assert readers.node(given)["problem"].startswith("Correct sslcert= in DATABASE_URL")


@pytest.mark.parametrize("kind", ["postgresql", "mysql"])
def test_a_certificate_file_that_cannot_be_read_is_reported(readers: Readers, kind: str) -> None:
    given = url(kind, f"sslcert={UNREADABLE}")
    with pytest.raises(DatabaseUrlError, match="Correct the certificates that DATABASE_URL names"):
        readers.python(given)
    assert readers.node(given)["problem"].startswith("Correct sslcert= in DATABASE_URL: EIO")


@pytest.mark.parametrize("given", URLS_REFUSED)
def test_invalid_urls_are_refused(readers: Readers, given: str) -> None:
    with pytest.raises(DatabaseUrlError) as caught:
        readers.python(given)
    message = str(caught.value)
    assert message.startswith(URLS_REFUSED[given])
    assert readers.node(given) == {"problem": message}
    assert not any(part in message for part in ("geheim", "heim", "ge@", "me:"))
    provider = {"mysql": "mysql", "file": "sqlite"}.get(given.partition(":")[0], "postgresql")
    # Without a URL, a database inside the project is used.
    assert module("database_url").problem(given, provider) or not given


@pytest.mark.parametrize("given", ADDRESSES)
def test_all_readers_connect_to_the_same_database(readers: Readers, given: str) -> None:
    host, password, database = ADDRESSES[given]
    python, node = readers.python(given), readers.node(given)
    assert (python.host, python.password, python.database) == (host, password, database)
    assert (node["host"], node["password"], node["database"]) == (host, password, database)
    provider = "mysql" if given.startswith("mysql") else "postgresql"
    assert module("database_url").problem(given, provider) == ""


@pytest.mark.parametrize("given", SQLITE_FILES)
def test_all_readers_resolve_the_same_sqlite_file(readers: Readers, given: str) -> None:
    path = readers.root / SQLITE_FILES[given]
    assert readers.python(given).path == path
    # libsql takes a URL.
    assert readers.root / unquote(readers.node(given)["url"].removeprefix("file:")) == path


@pytest.mark.parametrize("kind", TABLE)
def test_every_parameter_is_tested(kind: str) -> None:
    tried = " ".join(map(str, [*TAKEN[kind], *TLS[kind], *REFUSED[kind]])).replace("&", " ")
    names = {word.partition("=")[0] for word in tried.split()}
    assert set(TABLE[kind]["parameters"]) <= names
    rules = [rule["say"] for rule in TABLE[kind]["rules"]]
    refused = {rule for rule in rules if any(map(rule.startswith, REFUSED[kind].values()))}
    assert refused == set(rules)
