"""A URL connects with both drivers or with none, to a MariaDB with TLS."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from better_auth_sidecar.engine import create_engine
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tests.database_url.readers import write_reader
from tests.database_url.server import certificates
from tests.mariadb import server
from tests.project.typescript import run_node
from tests.project.typescript_sources import install_packages

pytestmark = [pytest.mark.e2e, pytest.mark.mariadb]

ASK = """
import { createConnection } from "mariadb";
import { mysql } from "./database-url.ts";
const found = [];
for (const url of JSON.parse(process.argv[1])) {
  let connection;
  try {
    connection = await createConnection(mysql(url));
    const [{ Value }] = await connection.query("SHOW STATUS LIKE 'Ssl_cipher'");
    found.push(Value ? "TLS" : "plain");
  } catch {
    found.push("refused");
  }
  await connection?.end();
}
console.log(JSON.stringify(found));
"""

EXPECTED = {
    "": "plain",
    "connection_limit=1&pool_timeout=60&connect_timeout=60&socket_timeout=60": "plain",
    "sslaccept=accept_invalid_certs": "TLS",
    "sslaccept=strict": "refused",
    "sslcert=other.pem": "refused",
    "sslcert=ca.pem": "TLS",
    "sslaccept=strict&sslcert=ca.pem": "TLS",
    "socket={folder}/socket": "plain",
    "socket={folder}/socket&sslcert=ca.pem": "TLS",
    "socket={folder}/none": "refused",
}


@dataclass(frozen=True)
class Server:
    url: str
    folder: Path


@pytest.fixture(scope="module")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("mariadb")
    certificates(folder)
    write_reader(folder)
    (folder / "node_modules").symlink_to(install_packages())
    names = {"ca": "ca.pem", "cert": "server.pem", "key": "server.key"}
    options = [f"--ssl-{name}={folder / file}" for name, file in names.items()]
    with server.running(folder, *options) as url:
        yield Server(url, folder)


async def ask(url: str, folder: Path) -> str:
    engine = create_engine(url, root=folder)
    try:
        async with engine.connect() as connection:
            result = await connection.execute(text("SHOW STATUS LIKE 'Ssl_cipher'"))
            return "TLS" if result.one()[1] else "plain"
    except (OSError, SQLAlchemyError):
        return "refused"
    finally:
        await engine.dispose()


def test_both_drivers_read_the_url_alike(mariadb: Server) -> None:
    parameters = [each.format(folder=mariadb.folder) for each in EXPECTED]
    urls = [f"{mariadb.url}?{each}" if each else mariadb.url for each in parameters]
    script = ["--input-type=module", "--eval", ASK, json.dumps(urls)]
    theirs = json.loads(run_node(mariadb.folder, *script).splitlines()[-1])
    ours = [asyncio.run(ask(url, mariadb.folder)) for url in urls]
    assert dict(zip(EXPECTED, theirs, strict=True)) == EXPECTED
    assert dict(zip(EXPECTED, ours, strict=True)) == EXPECTED
