"""A URL connects in Python and in Node.js, or in neither: PostgreSQL with TLS."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import pytest
import trustme
from better_auth_sidecar.database_url import PostgresqlUrl, read_database_url

from tests.database_url.readers import write_reader
from tests.project.typescript import run_node
from tests.project.workshop import Workshop
from tests.sidecar.database_proxy import DatabaseProxy, database_proxy

ASK = """
import pg from "pg";
import { postgresql } from "./database-url.ts";
const found = [];
for (const url of JSON.parse(process.argv[1])) {
  const { schema, ...options } = postgresql(url);
  const client = new pg.Client(options);
  try {
    await client.connect();
    await client.query("SELECT 1");
    found.push(true);
  } catch {
    found.push(false);
  }
  await client.end().catch(() => {});
}
console.log(JSON.stringify(found));
"""

#: Parameters, and the result of both drivers with a server of a private CA.
EXPECTED = {
    "": "plain",
    "sslmode=disable": "plain",
    "sslmode=prefer": "refused",
    "sslmode=require": "refused",
    "sslmode=verify-ca": "refused",
    "sslmode=verify-full": "refused",
    "sslmode=no-verify": "TLS",
    "ssl=true": "refused",
    "ssl=no-verify": "TLS",
    "sslmode=require&sslrootcert=ca.pem": "TLS",
    "sslmode=verify-ca&sslrootcert=ca.pem": "TLS",
    "sslmode=verify-full&sslrootcert=ca.pem": "TLS",
    "sslrootcert=ca.pem": "TLS",
    "sslcert=ca.pem": "TLS",
    "sslmode=require&sslaccept=strict&sslcert=ca.pem": "TLS",
    "sslmode=require&sslaccept=accept_invalid_certs": "TLS",
    "sslaccept=strict": "refused",
    "sslmode=verify-full&sslrootcert=other.pem": "refused",
    "uselibpqcompat=true&sslmode=require": "TLS",
    "uselibpqcompat=true&sslmode=prefer": "TLS",
    "uselibpqcompat=true&sslmode=verify-ca&sslrootcert=ca.pem": "TLS",
    "uselibpqcompat=true&sslmode=verify-full&sslrootcert=ca.pem": "TLS",
    "sslmode=require&sslrootcert=ca.pem&sslnegotiation=direct": "TLS",
    "sslmode=require&sslrootcert=ca.pem&sslaccept=strict": "TLS",
    "sslmode=require&sslrootcert=ca.pem&pgbouncer=true&connection_limit=1": "TLS",
    "channel_binding=prefer&supa=base-pooler.x": "plain",
}


@dataclass(frozen=True)
class World:
    """A database behind TLS, and a folder of certificates."""

    proxy: DatabaseProxy
    folder: Path

    async def python(self, url: str) -> str:
        try:
            found = read_database_url(url, self.folder)
            assert isinstance(found, PostgresqlUrl)
            connection = await asyncpg.connect(**found.asyncpg_arguments())
        except (OSError, asyncpg.PostgresError) as error:
            assert not isinstance(error, TimeoutError), url
            return "refused"
        await connection.fetchval("SELECT 1")
        await connection.close()
        return self.proxy.seen[-1]

    def node(self, urls: list[str]) -> list[str]:
        self.proxy.seen.clear()
        script = ["--input-type=module", "--eval", ASK, json.dumps(urls)]
        connected = json.loads(run_node(self.folder, *script).splitlines()[-1])
        assert len(self.proxy.seen) == len(urls)
        pairs = zip(connected, self.proxy.seen, strict=True)
        return [how if is_connected else "refused" for is_connected, how in pairs]


@pytest.fixture(scope="module")
def world(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("certificates")
    authority, other = trustme.CA(), trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    other.cert_pem.write_to_path(str(folder / "other.pem"))
    (folder / "node_modules").symlink_to(workshop.packages)
    write_reader(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.set_alpn_protocols(["postgresql"])
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with database_proxy(workshop.database(), context) as proxy:
        yield World(proxy, folder)


def test_both_drivers_read_the_url_alike(world: World) -> None:
    url = world.proxy.url
    urls = [f"{url}?{parameters}" if parameters else url for parameters in EXPECTED]
    theirs = world.node(urls)
    ours = [asyncio.run(world.python(each)) for each in urls]
    assert dict(zip(EXPECTED, theirs, strict=True)) == EXPECTED
    assert dict(zip(EXPECTED, ours, strict=True)) == EXPECTED


def test_a_certificate_for_another_host_is_refused(world: World) -> None:
    url = world.proxy.url.replace("127.0.0.1", "localhost")
    for parameters, outcome in {
        "sslmode=verify-full&sslrootcert=ca.pem": "refused",
        "uselibpqcompat=true&sslmode=verify-ca&sslrootcert=ca.pem": "TLS",
        "sslmode=no-verify": "TLS",
    }.items():
        each = f"{url}?{parameters}"
        assert [*world.node([each]), asyncio.run(world.python(each))] == [outcome] * 2, parameters


async def test_libpq_variables_are_ignored(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLMODE", "require")
    monkeypatch.setenv("PGTARGETSESSIONATTRS", "standby")
    monkeypatch.setenv("PGPORT", "1")
    assert await world.python(world.proxy.url) == "plain"
