"""Environment variables of other programs, which must not affect a project."""

from __future__ import annotations

from pathlib import Path

#: libpq's: a driver that reads some of them cannot connect, or finds no tables.
LIBPQ = {
    "PGHOST": "database.invalid",
    "PGHOSTADDR": "192.0.2.1",
    "PGPORT": "1",
    "PGUSER": "nobody",
    "PGPASSWORD": "wrong",
    "PGDATABASE": "other",
    "PGOPTIONS": "-c search_path=elsewhere",
    "PGSSLMODE": "require",
    "PGSSLNEGOTIATION": "direct",
    "PGSSLROOTCERT": "/none.pem",
    "PGTARGETSESSIONATTRS": "standby",
    "PGSERVICE": "none",
    "PGSERVICEFILE": "/none",
    "PGPASSFILE": "/none",
    "PGDATA": "/none",
    "PGDATESTYLE": "German",
    "PGTZ": "Asia/Tokyo",
    "PGCLIENTENCODING": "LATIN1",
    "PGAPPNAME": "other",
}
MYSQL = {"MYSQL_HOST": "database.invalid", "MYSQL_PWD": "wrong", "MYSQL_TCP_PORT": "1"}
#: What an editor's terminal sets.
DEBUGGER = {"NODE_OPTIONS": f'--require "{Path(__file__).with_name("debugger.cjs")}"'}
#: What a shell, a container or another project leaves behind.
OTHERS = {
    "NODE_ENV": "test",
    "NODE_OPTIONS": "--no-warnings",
    "TZ": "Asia/Tokyo",
    "LC_ALL": "C",
    # Prisma's check for newer versions would never end.
    "XDG_CACHE_HOME": "/proc/none",
}
#: Settings of a project without a value.
EMPTY = dict.fromkeys(
    ["DATABASE_URL", "DIRECT_URL", "BETTER_AUTH_SECRET", "BETTER_AUTH_ENV", "TRUSTED_ORIGINS"], ""
)

FOREIGN = LIBPQ | MYSQL | OTHERS | EMPTY
