"""A project with Python packages named like those of rendered projects, but without contents."""

from __future__ import annotations

from pathlib import Path

BACKEND = '''\
"""Builds editable wheels."""
import base64, hashlib, tomllib, zipfile
from pathlib import Path

METADATA = "Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0.0\\nProvides-Extra: sqlite\\n"


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    with open("pyproject.toml", "rb") as file:
        project = tomllib.load(file)["project"]
    name = project["name"]
    required = "".join(f"Requires-Dist: {word}\\n" for word in project.get("dependencies", []))
    stem = f"{name.replace('-', '_')}-1.0.0"
    info = f"{stem}.dist-info"
    files = {
        f"{stem}.pth": str(Path("src").resolve()),
        f"{info}/METADATA": METADATA.format(name=name) + required,
        f"{info}/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }
    record = f"{info}/RECORD"
    with zipfile.ZipFile(Path(wheel_directory) / f"{stem}-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
        wheel.writestr(record, "".join(f"{path},,\\n" for path in [*files, record]))
    return f"{stem}-py3-none-any.whl"


def build_wheel(*arguments):
    raise SystemExit("only editable installations are expected")
'''
BUILD = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
EXTRAS = "[project.optional-dependencies]\nsqlite = []\n"
PROJECT = f"""\
[project]
name = "my-app"
version = "1.0.0"
requires-python = ">=3.11"
dependencies = ["better-auth-sidecar", "colorama==0.4.6"]

[dependency-groups]
dev = ["better-auth-setup[sqlite]", "tzdata; sys_platform == 'win32'"]

[tool.uv.sources]
better-auth-setup = {{ path = "packages/better-auth-setup", editable = true }}
better-auth-sidecar = {{ path = "packages/better-auth-sidecar", editable = true }}

{BUILD}"""


def python_project(folder: Path) -> Path:
    """Writes the project into a folder that is made.

    Returns:
        The same folder.
    """
    _package(folder, "my_app", PROJECT)
    for name in ("better-auth-setup", "better-auth-sidecar"):
        manifest = f'[project]\nname = "{name}"\nversion = "1.0.0"\n{EXTRAS}{BUILD}'
        _package(folder / "packages" / name, name.replace("-", "_"), manifest)
    return folder


def _package(folder: Path, module: str, manifest: str) -> None:
    source = folder / "src" / module
    source.mkdir(parents=True)
    (source / "__init__.py").touch()
    (folder / "pyproject.toml").write_text(manifest)
    (folder / "backend.py").write_text(BACKEND)
