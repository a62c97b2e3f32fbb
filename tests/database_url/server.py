"""A real PostgreSQL that requires TLS, and a real PgBouncer."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import trustme

from hooks.servers import free_port
from tests import debian
from tests.project.typescript_sources import install_packages
from tests.waiting import TIMEOUT, wait_for, wait_for_port

#: TCP requires TLS, and for one user a client certificate; the socket admits all users.
ACCESS = """
local all all scram-sha-256
hostssl all holder all cert
hostssl all all all scram-sha-256
"""
CONFIGURATION = """
listen_addresses = '127.0.0.1,::1'
unix_socket_directories = '.'
password_encryption = scram-sha-256
fsync = off
"""
TLS = """
ssl = on
ssl_cert_file = 'server.pem'
ssl_key_file = 'server.key'
ssl_ca_file = 'ca.pem'
"""
PASSWORD = "geheim"


@dataclass(frozen=True)
class Postgresql:
    """A server, and the folder with its certificates and socket."""

    folder: Path
    port: int

    def url(self, parameters: str = "", host: str = "127.0.0.1", user: str = "app") -> str:
        url = f"postgresql://{user}:{PASSWORD}@{host}:{self.port}/app"
        return f"{url}?{parameters}" if parameters else url


def _demoted() -> dict[str, object]:
    """The arguments of `subprocess` for another user, since PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _own(folder: Path) -> None:
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, "nobody")


def _programs(folder: Path) -> Path:
    """A copy of npm's PostgreSQL, which has TLS, that every user may execute."""
    [native] = (install_packages() / "@embedded-postgres").glob("*/native")

    def left_out(place: str, names: list[str]) -> set[str]:
        """Archives, and links, which another process may be replacing."""
        paths = [Path(place, name) for name in names]
        links = {path.name for path in paths if re.search(r"\.so\.\d+$", path.name)}
        files = {path.name for path in paths if path.is_file() and not path.is_symlink()}
        return links - files | {name for name in names if name.endswith(".a")}

    shutil.copytree(native, folder, symlinks=True, ignore=left_out)
    for library in (folder / "lib").glob("*.so.*.*"):
        name, version = library.name.split(".so.")
        link = library.with_name(f"{name}.so.{version.split('.')[0]}")
        if not link.exists():
            link.symlink_to(library.name)
    return folder / "bin"


@contextmanager
def tls_postgresql() -> Iterator[Postgresql]:
    """Runs a server with a database ``app`` and users ``app`` and ``holder`` (by certificate)."""
    home = Path(tempfile.mkdtemp(prefix="tls-", dir="/tmp"))
    home.chmod(0o755)
    data = home / "data"
    data.mkdir()
    _own(data)
    environment = {"LC_ALL": "C", "PATH": os.defpath, "LD_LIBRARY_PATH": str(home / "pg" / "lib")}
    common = {"cwd": data, "env": environment, "stdout": subprocess.DEVNULL, **_demoted()}
    try:
        programs = _programs(home / "pg")
        initdb = [str(programs / "initdb"), "--pgdata=.", "--username=postgres", "--no-sync"]
        subprocess.run(initdb, check=True, **common)  # type: ignore[call-overload]
        port = free_port()
        certificates(home)
        for name in ("server.pem", "server.key", "ca.pem"):
            shutil.copy(home / name, data)
        (data / "postgresql.conf").write_text(f"{CONFIGURATION}{TLS}port = {port}\n")
        (data / "pg_hba.conf").write_text(ACCESS)
        _own(data)
        (data / "server.key").chmod(0o600)
        script = (
            f"CREATE ROLE app LOGIN CREATEDB PASSWORD '{PASSWORD}';\n"
            "CREATE ROLE holder LOGIN CREATEDB;\n"
            "CREATE DATABASE app OWNER app;\n"
            "GRANT CREATE ON DATABASE app TO holder;\n"
        )
        single = [str(programs / "postgres"), "--single", "-D", ".", "postgres"]
        subprocess.run(single, input=script.encode(), check=True, **common)  # type: ignore[call-overload]
        command = [str(programs / "postgres"), "-D", "."]
        log = (home / "log").open("w")
        server = subprocess.Popen(command, **{**common, "stdout": log, "stderr": log})  # type: ignore[call-overload]
        try:
            _wait(data / "postmaster.pid", server)
            yield Postgresql(home, port)
        finally:
            server.terminate()
            server.wait(timeout=TIMEOUT)
            log.close()
    finally:
        shutil.rmtree(home)


def certificates(folder: Path) -> None:
    """Writes certificates of a private CA: the server's and that of ``holder``."""
    authority, other = trustme.CA(), trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    other.cert_pem.write_to_path(str(folder / "other.pem"))
    server = authority.issue_cert("127.0.0.1", "::1")
    server.private_key_pem.write_to_path(str(folder / "server.key"))
    server.cert_chain_pems[0].write_to_path(str(folder / "server.pem"))
    holder = authority.issue_cert(common_name="holder")
    holder.private_key_pem.write_to_path(str(folder / "holder.key"))
    holder.cert_chain_pems[0].write_to_path(str(folder / "holder.pem"))


def _wait(lock_file: Path, server: subprocess.Popen[bytes]) -> None:
    def is_ready() -> bool:
        assert server.poll() is None, (lock_file.parents[1] / "log").read_text()
        return lock_file.exists() and "ready" in lock_file.read_text()

    wait_for(is_ready, "PostgreSQL did not become ready")


POOLER = """
[databases]
* = host=127.0.0.1 port={server} user={user} password={password}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
pool_mode = {mode}
auth_type = any
default_pool_size = 5
"""


@contextmanager
def pgbouncer(url: str, mode: str = "transaction") -> Iterator[str]:
    """Runs PgBouncer in front of a server; yields the URL of the same database through it."""
    program, environment = _pgbouncer()
    folder = Path(tempfile.mkdtemp(prefix="pgbouncer-", dir="/tmp"))
    parts, port = urlsplit(url), free_port()
    text = POOLER.format(
        server=parts.port, user=parts.username, password=parts.password, port=port, mode=mode
    )
    (folder / "pgbouncer.ini").write_text(text)
    _own(folder)
    command = [program, "--quiet", "pgbouncer.ini"]
    log = (folder / "pgbouncer.log").open("w")
    pooler = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=log, stderr=log, **_demoted()
    )  # type: ignore[call-overload]
    try:
        wait_for_port(pooler, port)
        yield f"{parts.scheme}://{parts.username}:{parts.password}@127.0.0.1:{port}{parts.path}"
    finally:
        pooler.terminate()
        pooler.wait(timeout=TIMEOUT)
        log.close()
        shutil.rmtree(folder)


def _pgbouncer() -> tuple[str, dict[str, str]]:
    """The installed program or Debian's, unpacked, and its environment."""
    if installed := shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin"):
        return installed, dict(os.environ)
    root = debian.unpacked("pgbouncer", ("libc-ares2", "libevent-2"))
    folders = {str(found.parent) for found in root.glob("usr/lib/*/*.so.*")}
    libraries = os.pathsep.join(sorted(folders))
    return str(root / "usr/sbin/pgbouncer"), {**os.environ, "LD_LIBRARY_PATH": libraries}
