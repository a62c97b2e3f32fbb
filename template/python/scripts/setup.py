#!/usr/bin/env python3
"""Installs what the project needs, brings its database up to date, and says how to start it.

    python3 scripts/setup.py        do it; again after each pull or update
      --check                       look at everything, change nothing
      --accept-data-loss            let the database lose what is not in the schema
      --no-merge                    leave the conflicts that an update left in the schema to you
      --start-migrations            write prisma/migrations/0_init; later changes need a migration

Here, .venv is made with the standard library alone; packages/better-auth-setup does the rest.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036
    found = f"{sys.executable} is {sys.version.split()[0]}"
    sys.exit(f"setup: Python 3.11 or newer is needed, and {found}. Try: python3.12 {sys.argv[0]}")
if os.name == "nt":
    sys.exit("setup: This needs Linux or macOS; on Windows, use WSL.")

import fcntl

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".installed-from"
MANIFESTS = [ROOT / "pyproject.toml", *sorted(ROOT.glob("packages/*/pyproject.toml"))]
UV = ["uv"] if shutil.which("uv") else [sys.executable, "-m", "uv"]
HAS_UV = UV == ["uv"] or importlib.util.find_spec("uv") is not None
FOREIGN = ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in FOREIGN}
ENVIRONMENT |= {"UV_PROJECT_ENVIRONMENT": str(VENV), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def main() -> None:
    if {"-h", "--help"} & {*sys.argv}:
        return print(__doc__)
    os.chdir(ROOT)
    if "--check" in sys.argv and not is_installed():
        said = "The Python packages are not installed, or not those of pyproject.toml."
        sys.exit(f"setup: {said} Run: python3 scripts/setup.py")
    if "--check" not in sys.argv:
        if not os.access(ROOT, os.W_OK):
            sys.exit(f"setup: The project's folder {ROOT} is read-only for this user.")
        if (ROOT / ".env.local").exists():
            (ROOT / ".env.local").chmod(0o600)
        # The second one is for the programs that setup starts: they outlive it if it is killed.
        locks = [lock(Path(__file__), 0), lock(MANIFESTS[0], 120)]
        if not is_installed():
            install(locks[1])
        ENVIRONMENT["SETUP_LOCKS"] = ",".join(map(str, locks))
    command = [str(PYTHON), "-P", "-m", "better_auth_setup", "setup", *sys.argv[1:]]
    os.execve(PYTHON, command, ENVIRONMENT)


def lock(path: Path, seconds: float) -> int:
    file = os.open(path, os.O_RDONLY)
    os.set_inheritable(file, True)
    end = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        except BlockingIOError:
            if time.monotonic() >= end:
                said = "Another setup is running in this folder; wait until it has finished."
                sys.exit(f"setup: {said}")
            time.sleep(0.2)


def is_installed() -> bool:
    """Whether .venv works and was made from what pyproject.toml says now."""
    probe = [str(PYTHON), "-P", "-c", "import better_auth_setup"]
    works = PYTHON.exists() and not subprocess.run(probe, capture_output=True).returncode
    return works and STAMP.exists() and STAMP.read_text() == digest()


def digest() -> str:
    texts = [path.read_bytes() for path in [*MANIFESTS, ROOT / "uv.lock"] if path.exists()]
    return hashlib.sha256(b"\0".join([sys.version.encode(), *texts])).hexdigest()


def install(programs: int) -> None:
    def run(*command: object) -> None:
        result = subprocess.run(
            [str(word) for word in command],
            env=ENVIRONMENT,
            pass_fds=[programs],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if result.returncode:
            print(result.stdout, end="", file=sys.stderr)
            sys.exit(
                "setup: The Python packages cannot be installed; the reason stands above. If the "
                "index does not answer, check the connection, or name a proxy (HTTPS_PROXY) or "
                "another index (UV_DEFAULT_INDEX for uv, PIP_INDEX_URL for pip)."
            )

    print(f"  installing the Python packages with {'uv' if HAS_UV else 'pip'}", flush=True)
    is_new = not STAMP.exists() or not PYTHON.exists()
    if is_new:
        # There is none, or an installer was stopped half-way.
        shutil.rmtree(VENV, ignore_errors=True)
    STAMP.unlink(missing_ok=True)
    if HAS_UV:
        if is_new:
            run(*UV, "venv", "--quiet", "--python", sys.executable, VENV)
        run(*UV, "sync", "--quiet")
    else:
        if is_new:
            run(sys.executable, "-m", "venv", VENV)
        pip = [PYTHON, "-m", "pip", "install", "--quiet"]
        run(*pip, "pip>=25.1")  # older ones do not know groups
        paths = [word for path in MANIFESTS for word in ("--editable", path.parent)]
        run(*pip, "--no-compile", *paths, "--group", "dev")
    STAMP.write_text(digest())


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("setup: Interrupted; run it again to go on.")
