"""Database URLs and the expected meaning of each parameter, shared by all readers' tests."""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.database_url import readers

TABLE: dict[str, Any] = json.loads(readers.TABLE.read_text())

#: A server of each kind, with a password to search for in outputs.
SERVERS = {
    "postgresql": "postgresql://me:p%40ss%2Fgeheim@db.example.com:6543/app",
    "mysql": "mysql://me:p%40ss%2Fgeheim@db.example.com:6543/app",
    "sqlite": "file:./app.db",
}


@dataclass(frozen=True)
class Taken:
    """Accepted parameters, and the driver options that they set in Node.js and Python."""

    parameters: str
    node: dict[str, Any] = field(default_factory=dict)
    python: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.parameters


@dataclass(frozen=True)
class Tls:
    """The TLS of a connection: what is verified, and the client's certificate."""

    verifies: bool = True
    checks_host: bool = True
    authority: bool = False
    client: bool = False

    @classmethod
    def of_node(cls, options: Any) -> Tls | None:
        if not options:
            return None
        verifies = options["rejectUnauthorized"]
        checks_host = verifies and not options.get("ignoresHost", False)
        return cls(verifies, checks_host, "ca" in options, {"key", "cert"} <= set(options))

    @classmethod
    def of_python(cls, context: ssl.SSLContext | None) -> Tls | None:
        if context is None:
            return None
        return cls(context.verify_mode is ssl.CERT_REQUIRED, context.check_hostname)


VERIFIED, TRUSTED = Tls(), Tls(verifies=False, checks_host=False)
PRIVATE = Tls(authority=True)
OF_CLIENT = Tls(authority=True, client=True)

#: The TLS that each parameter requests.
TLS: dict[str, dict[str, Tls | None]] = {
    "postgresql": {
        "": None,
        "sslmode=disable": None,
        "ssl=false": None,
        "ssl=0": None,
        # As in node-postgres, each parameter that enables TLS verifies the server.
        "sslmode=prefer": VERIFIED,
        "sslmode=require": VERIFIED,
        "sslmode=verify-ca": VERIFIED,
        "sslmode=verify-full": VERIFIED,
        "sslmode=require&sslaccept=strict": VERIFIED,
        "sslaccept=strict": VERIFIED,
        "ssl=true": VERIFIED,
        "ssl=1": VERIFIED,
        "sslnegotiation=direct": VERIFIED,
        "sslmode=require&sslnegotiation=postgres": VERIFIED,
        "sslmode=no-verify": TRUSTED,
        "ssl=no-verify": TRUSTED,
        "sslaccept=accept_invalid_certs": TRUSTED,
        "sslmode=require&sslaccept=accept_invalid_certs": TRUSTED,
        # The CA certificate by Prisma's and libpq's name, in the project and in prisma/.
        "sslcert=ca.pem": PRIVATE,
        "sslcert=inner.pem": PRIVATE,
        "sslmode=require&sslaccept=strict&sslcert=./ca.pem": PRIVATE,
        "sslrootcert=ca.pem": PRIVATE,
        "sslmode=verify-full&sslrootcert=ca.pem": PRIVATE,
        "sslmode=verify-full&sslrootcert=ca.pem&sslcert=me.pem&sslkey=me.key": OF_CLIENT,
        "sslcert=me.pem&sslkey=me.key": Tls(client=True),
        "uselibpqcompat=true&sslmode=prefer": TRUSTED,
        "uselibpqcompat=true&sslmode=require": TRUSTED,
        "uselibpqcompat=true&sslmode=require&sslrootcert=ca.pem": Tls(True, False, True),
        "uselibpqcompat=true&sslmode=verify-ca&sslrootcert=ca.pem": Tls(True, False, True),
        "uselibpqcompat=true&sslmode=verify-full": VERIFIED,
        "uselibpqcompat=false&sslmode=require": VERIFIED,
    },
    "mysql": {
        "": None,
        "sslaccept=strict": VERIFIED,
        "sslaccept=accept_invalid_certs": TRUSTED,
        "sslcert=ca.pem": PRIVATE,
        "sslcert=ca.pem&sslaccept=strict": PRIVATE,
    },
    "sqlite": {},
}

#: The options that each URL in `SERVERS` sets.
_PLAIN: dict[str, Any] = {"host": "db.example.com", "port": 6543, "user": "me", "database": "app"}

TAKEN: dict[str, list[Taken]] = {
    "postgresql": [
        Taken("", {**_PLAIN, "max": 10, "connectionTimeoutMillis": 10_000}, {"pool_size": 10}),
        Taken("sslmode=disable", {"application_name": " ", "options": " ", "ssl": False}),
        Taken("schema=My%20Schema", {"schema": "My Schema"}, {"schema": "My Schema"}),
        Taken("connection_limit=3", {"max": 3}, {"pool_size": 3}),
        Taken("pool_timeout=7", {"connectionTimeoutMillis": 7_000}, {"pool_timeout": 7.0}),
        Taken("pool_timeout=0", {"connectionTimeoutMillis": 0}, {"pool_timeout": None}),
        Taken("connect_timeout=3", {"connectionTimeoutMillis": 3_000}, {"connect_timeout": 3.0}),
        Taken(
            "connect_timeout=15&pool_timeout=20",
            {"connectionTimeoutMillis": 20_000},
            {"connect_timeout": 15.0, "pool_timeout": 20.0},
        ),
        Taken("socket_timeout=9", {"query_timeout": 9_000}, {"command_timeout": 9.0}),
        Taken("query_timeout=500", {"query_timeout": 500}, {"command_timeout": 0.5}),
        Taken("max_idle_connection_lifetime=60", {"idleTimeoutMillis": 60_000}),
        Taken("max_connection_lifetime=60", {"maxLifetimeSeconds": 60}),
        Taken("pgbouncer=true&supa=base-pooler.x", {}, {"prepares": False}),
        Taken("pgbouncer=false", {}, {"prepares": True}),
        Taken("statement_cache_size=0", {}, {"prepares": False}),
        Taken("host=/run/postgresql", {"host": "/run/postgresql"}, {"host": "/run/postgresql"}),
        *(
            Taken(f"{name}={value}", {name: node}, {"server_settings": {name: value}})
            for name, value, node in [
                ("application_name", "app", "app"),
                ("options", "endpoint=ep-x", "endpoint=ep-x"),
                ("statement_timeout", "500", 500),
                ("lock_timeout", "500", 500),
                ("idle_in_transaction_session_timeout", "500", 500),
            ]
        ),
        Taken(
            "fallback_application_name=a",
            {"application_name": "a"},
            {"server_settings": {"application_name": "a"}},
        ),
        Taken("sslnegotiation=direct", {"sslnegotiation": "direct"}, {"direct_tls": True}),
        Taken(
            "options=-c%20a=b+", {"options": "-c a=b "}, {"server_settings": {"options": "-c a=b "}}
        ),
        Taken("target_session_attrs=read-write"),
        Taken("channel_binding=prefer"),
        Taken("client_encoding=UTF8"),
        Taken("gssencmode=disable"),
        Taken("workaround=supabase-pooler.vercel"),
        Taken("keepalives=1&keepalives_idle=9&keepalives_interval=9&keepalives_count=3"),
    ],
    "mysql": [
        Taken("", {**_PLAIN, "connectionLimit": 10, "connectTimeout": 10_000}, {"pool_size": 10}),
        Taken("connection_limit=3", {"connectionLimit": 3}, {"pool_size": 3}),
        Taken("pool_timeout=7", {"acquireTimeout": 7_000}, {"pool_timeout": 7.0}),
        Taken("connect_timeout=3", {"connectTimeout": 3_000}, {"connect_timeout": 3.0}),
        Taken("socket_timeout=9", {"socketTimeout": 9_000}),
        Taken("socket=/run/my.sock", {"socketPath": "/run/my.sock"}, {"socket": "/run/my.sock"}),
        Taken("allowPublicKeyRetrieval=true", {"allowPublicKeyRetrieval": True}),
        Taken("statement_cache_size=0"),
    ],
    "sqlite": [Taken("connection_limit=1&socket_timeout=9", {"url": "file:./app.db"})],
}

#: Refused parameters, and the start of the message, which is the same at the prompt.
REFUSED: dict[str, dict[str, str]] = {
    "postgresql": {
        "channel_binding=require": "Remove channel_binding=require",
        "sslidentity=x.p12": "Write sslcert= and sslkey= ",
        "sslpassword=geheim": "Remove sslpassword=",
        "target_session_attrs=standby": "Remove target_session_attrs=",
        "client_encoding=latin1": "Remove client_encoding=",
        "gssencmode=require": "Remove gssencmode=",
        "sslmode=allow": "Set sslmode= to disable, prefer, ",
        "sslmode=VERIFY-FULL": "Set sslmode= to disable, prefer, ",
        "schema=": "Write a value after schema= ",
        "sslrootcert=": "Write a value after sslrootcert= ",
        "port=1": "Write the port after the host in DATABASE_URL",
        "user=you": "Write the user before the host in DATABASE_URL",
        "password=geheim": "Write the password before the host in DATABASE_URL",
        "%73chema=y": "Remove %73chema= ",
        "sslmode=verify%2Dfull": "Set sslmode= to disable, prefer, ",
        "connection_limit=%31": "Set connection_limit= in DATABASE_URL to a whole number",
        "sslmode=disable&amp;schema=y": "Remove amp;schema= ",
        "sslmode=require&schema=y&sslmode=disable": "Write sslmode= only once",
        "constructor=1": "Remove constructor= ",
        "__proto__=1": "Remove __proto__= ",
        "sslaccept=maybe": "Set sslaccept= in DATABASE_URL to strict or ",
        "pgbouncer=1": "Set pgbouncer= in DATABASE_URL to true or false",
        "connection_limit=many": "Set connection_limit= in DATABASE_URL to a whole number",
        "connection_limit=1234567890": "Set connection_limit= in DATABASE_URL to a whole number",
        "conection_limit=3": "Remove conection_limit= ",
        "require_auth=none": "Remove require_auth= ",
        "sslmode=disable&sslaccept=strict": "Remove sslmode=disable",
        "sslmode=disable&sslnegotiation=direct": "Remove sslmode=disable",
        "sslmode=no-verify&sslaccept=strict": "Remove sslmode=no-verify",
        "sslmode=verify-full&sslaccept=accept_invalid_certs": "Remove sslaccept=accept_invalid_",
        "sslmode=verify-full&sslrootcert=system": "Remove sslrootcert=system",
        "sslkey=me.key": "Add sslcert=",
        "sslcert=ca.pem&sslrootcert=ca.pem": "Add sslkey=",
        "uselibpqcompat=true&sslmode=verify-ca": "Add sslrootcert=",
    },
    "mysql": {
        "sslidentity=x": "Remove sslidentity=",
        "sslpassword=geheim": "Remove sslpassword=",
        "ssl-mode=REQUIRED": "Write sslaccept=strict instead of ssl-mode=",
        "sslmode=require": "Write sslaccept=strict instead of sslmode=",
        "ssl=true": "Write sslaccept=strict instead of ssl=",
        "charset=latin1": "Remove charset=",
    },
    "sqlite": {
        "mode=memory": "Remove mode= ",
        "connection_limit=x": "Set connection_limit= ",
        "%63onnection_limit=1": "Remove %63onnection_limit= ",
    },
}


#: Invalid URLs, and the start of the message.
URLS_REFUSED = {
    '"postgresql://me:geheim@db/app"': "Remove the quotes",
    "'postgresql://me:geheim@db/app'": "Remove the quotes",
    "prisma+postgres://accelerate/?api_key=geheim": "Set DATABASE_URL to the database's own",
    "prisma://accelerate/?api_key=geheim": "Set DATABASE_URL to the database's own",
    "postgresql+asyncpg://me:geheim@db/app": "Start DATABASE_URL with postgresql: instead",
    "POSTGRESQL://me:geheim@db/app": "Start DATABASE_URL with postgresql: instead",
    "mongodb://me:geheim@db/app": "Start DATABASE_URL with postgresql://, ",
    "me:geheim@db/app": "Start DATABASE_URL with postgresql://, ",
    "geheim": "Start DATABASE_URL with postgresql://, ",
    "": "Start DATABASE_URL with postgresql://, ",
    "postgresql://me:ge#heim@db/app": "Escape user name and password",
    "postgresql://me:ge?heim@db/app": "Escape user name and password",
    "postgresql://me:ge?he=im@db/app": "Escape user name and password",
    "postgresql://me:x@ge?heim@db/app?schema=y": "Escape user name and password",
    "postgresql://me:ge/heim@db/app": "Escape user name and password",
    "postgresql://me:ge@heim@db/app": "Escape user name and password",
    "postgresql://me:x@db/app?geheim": "Write what follows ? in DATABASE_URL as name=value",
    "postgresql://me:ge%zzheim@db/app": "Write each % of DATABASE_URL as %25",
    "postgresql://me:ge heim@db/app": "Remove the blank",
    "postgresql://me:geheim@db/app\n": "Remove the blank",
    " postgresql://me:geheim@db/app": "Start DATABASE_URL with postgresql: instead",
    "psql 'postgresql://me:geheim@db/app'": "Start DATABASE_URL with postgresql://, ",
    "jdbc:postgresql://db/app?user=me&password=geheim": "Start DATABASE_URL with postgresql://, ",
    "postgresql:me:geheim@db/app": "Start DATABASE_URL with postgresql://.",
    "postgresql://me:geh%E9im@db/app": "Escape DATABASE_URL in UTF-8",
    "postgresql://me:geheim@db/app?schema=%ff": "Escape DATABASE_URL in UTF-8",
    "postgresql://me:geheim@db/app?schema=y?pgbouncer=true": "Join the parameters of DATABASE_",
    "postgresql://me:geheim@d^b/app": "Correct host and port",
    "postgresql://me:geheim@d%62/app": "Correct host and port",
    "postgresql://me:geheim@/app?host=/run": "Correct host and port",
    "postgresql://me:geheim@[1:2]/app": "Correct host and port",
    "postgresql://me:geheim@db/%2e.": "Add the database's name",
    "postgresql://me:geheim@db/app/b": "Write / as %2F",
    "postgresql://me:geheim@db:x/app": "Correct host and port",
    "postgresql://me:geheim@db:99999/app": "Correct host and port",
    "postgresql://me:geheim@db:0/app": "Correct host and port",
    "postgresql://me:geheim@db:/app": "Correct host and port",
    "postgresql://me:geheim@::1/app": "Correct host and port",
    "postgresql://me:geheim@[::1/app": "Correct host and port",
    "postgresql://me:geheim@[fe80::1%25eth0]/app": "Correct host and port",
    "postgresql://me:ge%00heim@db/app": "Remove %00",
    "postgresql://me:geheim@db/app%00": "Remove %00",
    "postgresql://me:geheim@a,b/app": "Name one host",
    "postgresql://me:geheim@a:1,b:2/app": "Name one host",
    "postgresql://me:geheim@db": "Add the database's name",
    "postgresql://me:geheim@db/": "Add the database's name",
    "postgresql://me:geheim@db/app/": "Remove the / after the database's name",
    "postgresql://db/app": "Name user and host",
    "postgresql:///app?host=/run": "Name user and host",
    "postgresql://:geheim@db/app": "Name user and host",
    "mysql://me:ge#heim@db/app": "Escape user name and password",
    "mysql:///app": "Name the host",
    "mysql://me:geheim@%2Frun%2Fmy.sock/app": "Write localhost as the host of DATABASE_URL, ",
    "file:": "Write DATABASE_URL as file:./name.db",
    "file:./": "Write DATABASE_URL as file:./name.db",
    "file:data/?connection_limit=1": "Write DATABASE_URL as file:./name.db",
    "file://host/dev.db": "Write DATABASE_URL as file:./name.db",
    "file:data/..": "Write DATABASE_URL as file:./name.db",
    "file::memory:": "Write DATABASE_URL as file:./name.db",
    "file:~/dev.db": "Write DATABASE_URL as file:./name.db",
    "file:C:/dev.db": "Write DATABASE_URL as file:./name.db",
    "file:///C:/dev.db": "Write DATABASE_URL as file:./name.db",
    "file:dev\t.db": "Remove the control character",
    "file:dev.db#x": "Rename the file: # in its path",
    "file:d$ev.db": "Rename the file: $ in its path",
    "file:d\\ev.db": "Rename the file: \\ in its path",
    "file:d'ev.db": "Rename the file: ' in its path",
}

#: URLs, and the host, password and database that they name.
ADDRESSES = {
    "postgresql://me:a[b]@db/app": ("db", "a[b]", "app"),
    "postgresql://me:a:b%2F%C3%A9+@[::1]:1/my%20%2Fapp": ("::1", "a:b/é+", "my /app"),
    "postgresql://me:x@%2Ftmp%2FMySocket/app": ("/tmp/MySocket", "x", "app"),
    "postgres://me:x@DB_1.example.com./app": ("DB_1.example.com.", "x", "app"),
    "mysql://me:a[b@[::ffff:127.0.0.1]/app": ("::ffff:127.0.0.1", "a[b", "app"),
}

#: SQLite URLs and their files relative to the project, as Prisma's CLI resolves them.
SQLITE_FILES = {
    "file:./dev.db": "dev.db",
    "file:data/dev.db": "data/dev.db",
    "file:../dev.db": "../dev.db",
    "file:/var/lib/app.db?connection_limit=1": "/var/lib/app.db",
    "file:///var/lib/app.db": "/var/lib/app.db",
    "file:my%20data/größe.db": "my%20data/größe.db",
    "file:my data/100%.db": "my data/100%.db",
    "file:.data/a:b~.db": ".data/a:b~.db",
}


def url(kind: str, parameters: str) -> str:
    return f"{SERVERS[kind]}?{parameters}" if parameters else SERVERS[kind]


def write_certificates(root: Path) -> None:
    """Writes the files named in the parameters above."""
    import trustme

    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(root / "ca.pem"))
    (root / "prisma").mkdir(exist_ok=True)
    authority.cert_pem.write_to_path(str(root / "prisma" / "inner.pem"))
    client = authority.issue_cert("me@example.com")
    client.cert_chain_pems[0].write_to_path(str(root / "me.pem"))
    client.private_key_pem.write_to_path(str(root / "me.key"))
