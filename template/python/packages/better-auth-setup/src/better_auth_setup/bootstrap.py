"""Installs a project's Python packages into ``.venv``, then hands over to ``better-auth-setup``.

``scripts/setup.py`` runs this file by its path, before anything is installed: it uses the standard
library alone, and imports nothing of this package by name.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import locale
import os
import re
import runpy
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import NoReturn

#: Variables that uv and pip must not inherit: those of other virtual environments; the user's
#: settings that omit or add packages, require a lock file (a new project has none), or choose
#: another Python or platform; and PYTHONWARNINGS, which can turn pip's warnings into errors.
FOREIGN = (
    *("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "PYTHONWARNINGS"),
    *("PIP_DRY_RUN", "PIP_NO_DEPS", "PIP_ONLY_DEPS", "PIP_PYTHON"),
    *("PIP_EDITABLE", "PIP_GROUP", "PIP_REQUIREMENT", "PIP_REPORT"),
    *("PIP_ABI", "PIP_IMPLEMENTATION", "PIP_PLATFORM", "PIP_PYTHON_VERSION"),
    *("UV_FROZEN", "UV_LOCKED", "UV_MANAGED_PYTHON", "UV_PYTHON", "UV_PYTHON_PREFERENCE"),
    *("UV_NO_BUILD", "UV_NO_DEFAULT_GROUPS", "UV_NO_DEV", "UV_NO_EDITABLE", "UV_NO_GROUP"),
    *("UV_NO_INSTALL_LOCAL", "UV_NO_INSTALL_PROJECT", "UV_NO_INSTALL_WORKSPACE"),
    *("UV_NO_SOURCES", "UV_PROJECT", "UV_WORKING_DIR"),
)
UV = ["uv"] if shutil.which("uv") else [sys.executable, "-m", "uv"]
#: Prints which packages cannot be found: a module, and distributions.
PROBE = """
import importlib.util, sys
from importlib.metadata import PackageNotFoundError, distribution
module, *names = sys.argv[1:]
absent = [] if importlib.util.find_spec(module) else [module]
for name in names:
    try:
        distribution(name)
    except PackageNotFoundError:
        absent.append(name)
print(*absent)
"""
#: Reasons of uv and pip.
UNREACHABLE = re.compile(
    r"(?i)error sending request|failed to fetch|connection (refused|reset|error|broken)|timed out|"
    r"failed to establish|failed to resolve|dns error|certificate|(connect|proxy|ssl)error|"
    r"network is unreachable|temporary failure in name resolution"
)
OFFLINE = re.compile(r"network (was|is) disabled|network connectivity is disabled")
BUSY = "Another setup is running in this folder; wait until it has finished."
HAS_UV = UV == ["uv"] or importlib.util.find_spec("uv") is not None


class Environment:
    """A project's virtual environment, ``.venv``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / "bin" / "python"
        self.manifests = [root / "pyproject.toml", *sorted(root.glob("packages/*/pyproject.toml"))]
        self.variables = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        self.variables["UV_PROJECT_ENVIRONMENT"] = str(self.folder)
        self.variables["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
        self._stamp = self.folder / ".installed-from"

    def is_installed(self) -> bool:
        """Whether it works, and was installed here from the current pyproject.toml files."""
        if not self.python.exists() or not self._stamp.exists():
            return False
        return self._stamp.read_text() == self._state() and not self._absent()

    def install(self, lock: int) -> None:
        """Creates or updates it.

        Args:
            lock: a file descriptor that the installers inherit: they outlive a killed setup.

        Raises:
            SystemExit: uv or pip failed, and its output was printed; or it left packages out.
        """
        print(f"  installing the Python packages with {'uv' if HAS_UV else 'pip'}", flush=True)
        stamp = self._stamp.read_text() if self._stamp.exists() else ""
        # The programs in .venv contain its path: a moved or copied .venv is created anew.
        is_new = not self.python.exists() or not stamp.startswith(f"{self.folder}\n")
        # Not while this process runs in .venv itself, as with `uv run python scripts/setup.py`.
        is_new = is_new and Path(sys.prefix).resolve() != self.folder.resolve()
        if is_new:
            # Missing, of another folder, or left incomplete by an interrupted installer.
            shutil.rmtree(self.folder, ignore_errors=True)
        self._stamp.unlink(missing_ok=True)
        if HAS_UV:
            if is_new:
                self._run(lock, *UV, "venv", "--quiet", "--python", sys.executable, self.folder)
            self._run(lock, *UV, "sync", "--quiet", "--group", "dev")
        else:
            if is_new:
                self._run(lock, sys.executable, "-m", "venv", self.folder)
            # Install into .venv, even if pip's configuration files name another place.
            here = ["--no-user", "--target=", "--root=/", f"--prefix={self.folder}"]
            pip = [self.python, "-m", "pip", "install", "--quiet", *here]
            self._run(lock, *pip, "pip>=25.1")  # older versions lack --group
            paths = [word for path in self.manifests for word in ("--editable", path.parent)]
            self._run(lock, *pip, "--no-compile", *paths, "--group", "dev")
        if absent := self._absent():
            tool = "uv" if HAS_UV else "pip"
            refuse(
                f"Look at your settings of {tool}: it has not installed these packages into "
                f".venv: {absent}"
            )
        self._stamp.write_text(self._state())

    def _absent(self) -> str:
        """The packages of pyproject.toml that it lacks, but for those with a condition."""
        manifest = tomllib.loads(self.manifests[0].read_text(encoding="utf-8"))
        wanted = [
            *manifest.get("project", {}).get("dependencies", []),
            *manifest.get("dependency-groups", {}).get("dev", []),
        ]
        required = [word for word in wanted if isinstance(word, str) and ";" not in word]
        names = [re.split(r"[^\w.-]", word.strip(), maxsplit=1)[0] for word in required]
        probe = [str(self.python), "-P", "-c", PROBE, "better_auth_setup", *names]
        result = subprocess.run(probe, env=self.variables, capture_output=True, text=True)
        return "its Python does not run" if result.returncode else result.stdout.strip()

    def _run(self, lock: int, *command: object) -> None:
        result = subprocess.run(
            [str(word) for word in command],
            env=self.variables,
            pass_fds=[lock],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if result.returncode:
            print(result.stdout, end="", file=sys.stderr)
            refuse(self._advice(result.stdout))

    def _advice(self, output: str) -> str:
        """The remedy for an installer's failure, whose output is above it."""
        if OFFLINE.search(output):
            return (
                "Let uv download packages (UV_OFFLINE=0): it is set to work offline, and its cache "
                "lacks some of this project."
            )
        if self.variables.get("PIP_NO_INDEX") and "from versions: none" in output:
            return (
                "Unset PIP_NO_INDEX, or name a folder with the packages (PIP_FIND_LINKS): pip is "
                "set to ask no index."
            )
        index = "UV_DEFAULT_INDEX" if HAS_UV else "PIP_INDEX_URL"
        if UNREACHABLE.search(output):
            return (
                f"Check the connection, or name a proxy (HTTPS_PROXY) or another index ({index}): "
                "the Python packages cannot be downloaded; the reason is above."
            )
        tool = "uv" if HAS_UV else "pip"
        return (
            f"Solve the problem above, or check the settings of {tool}: the Python packages "
            "cannot be installed."
        )

    def _state(self) -> str:
        """Its folder, and a digest of what it is installed from."""
        files = [*self.manifests, self.root / "uv.lock"]
        texts = [path.read_bytes() for path in files if path.exists()]
        digest = hashlib.sha256(b"\0".join([sys.version.encode(), *texts])).hexdigest()
        return f"{self.folder}\n{digest}"


def refuse(sentence: str) -> NoReturn:
    """Ends setup with a sentence and exit status 1."""
    wrapping = runpy.run_path(str(Path(__file__).with_name("wrapping.py")))
    sys.exit(wrapping["wrapped"](f"setup: {sentence}"))


def acquire(path: Path, seconds: float) -> int | None:
    """Locks a file until this process ends, or the returned file descriptor is closed.

    Args:
        path: an existing file.
        seconds: how long to wait for another process's lock.

    Returns:
        The file descriptor that holds the lock; None if another process keeps it.
    """
    file = os.open(path, os.O_RDONLY)
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(file)
                return None
            time.sleep(0.05)


def lock(path: Path, seconds: float) -> int:
    """Locks a file for this process and its children.

    Args:
        path: an existing file.
        seconds: how long to wait for another setup.

    Returns:
        The file descriptor that holds the lock.

    Raises:
        SystemExit: another setup is running.
    """
    file = acquire(path, seconds)
    if file is None:
        refuse(BUSY)
    os.set_inheritable(file, True)
    return file


def refuse_folder(root: Path) -> None:
    """Raises SystemExit if tools cannot work in this project because of its folder's name."""
    path = str(root)
    if re.search(r"[*?\\\r\n]", path):
        refuse(
            f"Rename the folder {path!r}: Node.js, tsx and PostgreSQL do not take *, ?, \\ or a "
            "line break in it."
        )
    if "#" in path and (root / "web").exists():
        refuse(f"Rename the folder {path!r}: Next.js does not build with # in it.")
    # site.py of older versions reads the paths of editable packages in the locale's encoding.
    encoding = locale.getencoding()
    is_utf8 = sys.version_info >= (3, 13) or encoding.lower().replace("-", "") == "utf8"
    if not is_utf8 and not path.isascii():
        refuse(
            "Set LC_ALL=C.UTF-8 or rename the folder: this Python cannot find packages in "
            f"{path} while the locale's encoding is {encoding}."
        )


def main(script: Path) -> None:
    """Installs the Python packages if needed, then replaces itself by ``better-auth-setup setup``.

    Args:
        script: the project's ``scripts/setup.py``, whose arguments are passed on.

    Raises:
        SystemExit: setup cannot run; with one sentence.
    """
    root = script.resolve().parents[1]
    refuse_folder(root)
    os.chdir(root)
    environment = Environment(root)
    if "--check" in sys.argv and not environment.is_installed():
        problem = "The Python packages are not installed, or not those of pyproject.toml."
        refuse(f"{problem} Run: python3 scripts/setup.py")
    if "--check" not in sys.argv:
        if not os.access(root, os.W_OK):
            refuse(f"The project's folder {root} is read-only for this user.")
        # The second lock is inherited by setup's child processes, which outlive a killed setup.
        locks = [lock(script, 0), lock(environment.manifests[0], 120)]
        if not environment.is_installed():
            environment.install(locks[1])
        environment.variables["SETUP_LOCKS"] = ",".join(map(str, locks))
    command = [str(environment.python), "-P", "-m", "better_auth_setup", "setup", *sys.argv[1:]]
    os.execve(environment.python, command, environment.variables)
